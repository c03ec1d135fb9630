"""The HTTP door: every router under one application, errors as problems, hot reads in front, the pages behind."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI, Response
from prometheus_client import generate_latest
from pydantic import BaseModel
from starlette.types import ASGIApp

from asxos import __version__
from asxos.bootstrap import System
from asxos.core.events import routes as event_routes
from asxos.core.hot import HotReads
from asxos.core.http import PROBLEMS, Problem, install_problem_handlers
from asxos.core.jobs import routes as job_routes
from asxos.core.requests import Requests
from asxos.features.backtests import routes as backtest_routes
from asxos.features.fundamentals import routes as fundamental_routes
from asxos.features.market import routes as market_routes
from asxos.features.models import routes as model_routes
from asxos.features.news import routes as news_routes
from asxos.features.portfolio import routes as portfolio_routes
from asxos.features.signals import routes as signal_routes
from asxos.features.tax import routes as tax_routes
from asxos.ui.mount import mount_ui

PREFIX = "/api/v1"

HOT_PATHS = {f"{PREFIX}/{name}": name for name in ("signals", "models", "securities", "prices", "news")}
"""Reads that repeat, and the tag under which an event drops them (`bootstrap.CACHE_DROPS`)."""


class Health(BaseModel):
    status: str = "ok"
    version: str = __version__


def create_app(system: System) -> ASGIApp:
    """The whole application over one system. Its lifespan runs the system's event feed."""
    app = create_api(system)
    mount_ui(app)
    return HotReads(Requests(app, system.metrics), system.cache, HOT_PATHS, system.metrics)


def create_api(system: System) -> FastAPI:
    """The API alone; its OpenAPI document is the contract that the pages are typed from."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None, None]:
        async with system.feed.running():
            yield

    app = FastAPI(
        title="ASX Portfolio OS",
        version=__version__,
        lifespan=lifespan,
        # Their pages load scripts from elsewhere; the document itself is at /openapi.json.
        docs_url=None,
        redoc_url=None,
        responses={500: {"model": Problem, "description": "Something failed on our side"}},
    )
    app.state.services = system.services
    install_problem_handlers(app)
    app.include_router(_root_routes(system))
    api = APIRouter(prefix=PREFIX, responses=PROBLEMS)
    for router in (
        *(signal_routes.router, model_routes.router, market_routes.router),
        *(fundamental_routes.router, news_routes.router, backtest_routes.router),
        *(portfolio_routes.router, tax_routes.router),
        *(job_routes.router, event_routes.router),
    ):
        api.include_router(router)
    app.include_router(api)
    return app


def _root_routes(system: System) -> APIRouter:
    router = APIRouter(tags=["operation"])

    @router.get("/health")
    async def health() -> Health:
        """The process runs."""
        return Health()

    @router.get("/ready", responses={503: PROBLEMS[503]})
    async def ready() -> Health:
        """The database answers, so requests can be served."""
        await system.check()
        return Health()

    @router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
    async def metrics() -> Response:
        """Prometheus metrics of this process."""
        return Response(generate_latest(system.metrics), media_type="text/plain; version=1.0.0")

    return router
