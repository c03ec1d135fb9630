"""HTTP for models: parse, call the service, serialise."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from asxos.core.http import provided
from asxos.domain.ranking import ENSEMBLE
from asxos.features.models.schemas import EnsembleOut, EvaluationOut, ModelOut, ModelsOut, PromotionsOut
from asxos.features.models.services import CardService, PastRankingService

router = APIRouter(prefix="/models", tags=["models"])

Cards = Annotated[CardService, Depends(provided(CardService))]
Past = Annotated[PastRankingService, Depends(provided(PastRankingService))]
MOST_VERSIONS = 2**31 - 1
ModelId = Annotated[str, Path(pattern=r"^[a-z0-9_]{1,40}$")]


@router.get("")
async def list_models(cards: Cards) -> ModelsOut:
    """Every model with the out-of-sample record of the version that serves, and the ensemble's rule and weights."""
    configured = cards.registry.get_ensemble_weights()
    ensemble = EnsembleOut.of(cards.registry.catalogue.ensemble, configured, await cards.weights_used())
    return ModelsOut(models=[ModelOut.of(card) for card in await cards.cards()], ensemble=ensemble)


@router.get("/{model_id}")
async def one_model(cards: Cards, model_id: ModelId) -> ModelOut:
    """One model, the version that serves and what stands of the others."""
    return ModelOut.of(await cards.card(model_id))


@router.get("/{model_id}/evaluation")
async def evaluation(
    cards: Cards, past: Past, model_id: ModelId, version: Annotated[int | None, Query(ge=1, le=MOST_VERSIONS)] = None
) -> EvaluationOut:
    """How a version (default: the one that serves), or the ensemble, did on dates it was not trained on."""
    if model_id == ENSEMBLE:
        return EvaluationOut.of_ensemble(await past.evaluation(), await cards.tally())
    return EvaluationOut.of(await cards.evaluation(model_id, version), await cards.tally())


@router.get("/{model_id}/promotions")
async def promotions(
    cards: Cards, model_id: ModelId, limit: Annotated[int, Query(ge=1, le=1_000)] = 100
) -> PromotionsOut:
    """Every decision on a model's versions, latest first: who took it, when, and what the gate found."""
    return PromotionsOut.of(await cards.ledger(model_id, limit))
