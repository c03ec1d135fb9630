"""The code of docs/guides/lab.md, run from top to bottom as a newcomer would."""

import re
from pathlib import Path
from typing import Any

import pytest

import asxos

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "lab.md"


@pytest.fixture(scope="module")
def notebook() -> dict[str, Any]:
    """What the names of the guide stand for at its end."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for block in re.findall(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL):
        exec(compile(block, GUIDE.name, "exec"), names)
    return names


def test_the_guide_finds_what_was_planted(notebook: dict[str, Any]) -> None:
    assert notebook["record"]["model"].to_list() == ["ridge", "momentum"]
    assert notebook["record"]["rank_ic"][0] > 0.05
    assert notebook["beside"]["model"].to_list() == ["calm", "momentum", "ridge"]
    assert notebook["years"].height >= 2


def test_every_run_of_the_guide_is_a_trial(notebook: dict[str, Any]) -> None:
    lab: asxos.Lab = notebook["lab"]
    assert lab.market.tally().trials == 5
    # the same parameters give the same record
    again = notebook["swept"].filter(penalty=1000)
    assert again["rank_ic"].item() == notebook["calm"].metrics["rank_ic"]


def test_the_guides_ranking_and_portfolio_are_whole(notebook: dict[str, Any]) -> None:
    assert notebook["ranking"]["rank"].to_list() == list(range(1, notebook["ranking"].height + 1))
    assert notebook["figures"]["portfolio"][0] == "strategy"
    assert {"excess", "momentum_12_1"} < set(notebook["table"].columns)
    assert notebook["bars"].height > 20_000
    assert notebook["folds"].height == 3
