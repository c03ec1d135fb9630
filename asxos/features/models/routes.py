"""HTTP for models: parse, call the service, serialise."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from asxos.core.http import provided
from asxos.features.models.schemas import EnsembleOut, EvaluationOut, ModelOut, ModelsOut
from asxos.features.models.services import CardService

router = APIRouter(prefix="/models", tags=["models"])

Cards = Annotated[CardService, Depends(provided(CardService))]
ModelId = Annotated[str, Path(pattern=r"^[a-z0-9_]{1,40}$")]


@router.get("")
async def list_models(cards: Cards) -> ModelsOut:
    """Every model with its newest version's out-of-sample record, and the ensemble's rule."""
    configured = cards.registry.get_ensemble_weights()
    ensemble = EnsembleOut.of(cards.registry.catalogue.ensemble, configured, await cards.weights.latest())
    return ModelsOut(models=[ModelOut.of(card) for card in await cards.cards()], ensemble=ensemble)


@router.get("/{model_id}")
async def one_model(cards: Cards, model_id: ModelId) -> ModelOut:
    """One model with its newest version."""
    return ModelOut.of(await cards.card(model_id))


@router.get("/{model_id}/evaluation")
async def evaluation(cards: Cards, model_id: ModelId) -> EvaluationOut:
    """How a model's newest version did on dates it was not trained on, beside plain rules."""
    return EvaluationOut.of(await cards.evaluation(model_id))
