"""HTTP for portfolios and watchlists."""

from fastapi import APIRouter

from asxos.features.portfolio.routes import performance, portfolios, rebalancing, watchlists

router = APIRouter()
router.include_router(portfolios.router)
router.include_router(performance.router)
router.include_router(rebalancing.router)
router.include_router(watchlists.router)
