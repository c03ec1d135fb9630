import hashlib
import math

import pytest

from asxos.domain.chain import START, first_break, link

ENTRIES = [{"model": "model_a", "version": n} for n in (1, 2, 3)]


def chained() -> list[tuple[dict[str, object], str]]:
    found: list[tuple[dict[str, object], str]] = []
    previous = START
    for content in ENTRIES:
        previous = link(previous, content)
        found.append((dict(content), previous))
    return found


def test_a_link_is_the_sha256_of_plain_json() -> None:
    text = '["' + "0" * 64 + '",{"a":1,"b":"ü"}]'.replace("ü", "\\u00fc")
    assert link(START, {"b": "ü", "a": 1}) == hashlib.sha256(text.encode()).hexdigest()


def test_a_whole_chain_has_no_break() -> None:
    assert first_break(chained()) is None
    assert first_break([]) is None


def test_an_edit_a_deletion_and_a_swap_are_found_where_they_are() -> None:
    edited = chained()
    edited[1][0]["version"] = 9
    assert first_break(edited) == 1
    assert first_break(chained()[1:]) == 0
    assert first_break(chained()[:1] + chained()[2:]) == 1
    assert first_break([chained()[0], chained()[2], chained()[1]]) == 1


@pytest.mark.parametrize("content", [{"a": math.nan}, {"a": object()}])
def test_what_json_cannot_say_is_refused(content: dict[str, object]) -> None:
    with pytest.raises((ValueError, TypeError)):
        link(START, content)
