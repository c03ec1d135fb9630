"""The header of a log entry: what a ranking was made of, as JSON that anyone can hash."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Self

from pydantic import BaseModel

from asxos.core.code import code_version, platform_versions
from asxos.domain.chain import link
from asxos.domain.ranking import Knowledge, Ranking, Recipe


class Header(BaseModel, frozen=True):
    """`members` and `voices` keep the order of the recipe's versions and weights, which JSON does not.

    `content_sha256` is of the plain bytes.
    """

    sequence: int
    model: str
    as_of: date
    published_at: datetime
    signals: int
    prices: Knowledge
    members: tuple[str, ...]
    voices: tuple[str, ...]
    recipe: Recipe
    code: str
    platform: dict[str, str]
    content_sha256: str

    @classmethod
    def of(
        cls, ranking: Ranking, prices: Knowledge, sequence: int, published_at: datetime, content_sha256: str
    ) -> Self:
        """The header of a ranking that is published now, by this code."""
        return cls(
            sequence=sequence,
            model=ranking.model,
            as_of=ranking.as_of,
            published_at=published_at,
            signals=len(ranking.outputs),
            prices=prices,
            members=tuple(ranking.recipe.versions),
            voices=tuple(ranking.recipe.weights),
            recipe=ranking.recipe,
            code=code_version(),
            platform=platform_versions(),
            content_sha256=content_sha256,
        )

    @property
    def ordered_recipe(self) -> Recipe:
        """The recipe with its models in their order."""
        versions, weights = self.recipe.versions, self.recipe.weights
        return replace(
            self.recipe,
            versions={name: versions[name] for name in self.members},
            weights={name: weights[name] for name in self.voices},
        )

    def to_text(self) -> str:
        """As stored."""
        return header_text(self.model_dump(mode="json"))


def header_text(values: Mapping[str, Any]) -> str:
    """A header as one line of JSON, its keys in order."""
    return json.dumps(values, sort_keys=True, separators=(",", ":"))


def entry_sha256(previous: str, header: str) -> str:
    """The hash of a log entry that follows the one with hash `previous`; it covers the content by the header's hash."""
    return link(previous, json.loads(header))


def content_sha256(content: bytes) -> str:
    """The hash of a ranking's canonical bytes."""
    return hashlib.sha256(content).hexdigest()
