import struct
from dataclasses import dataclass, replace

import pytest

from asxos.domain.record import NotARanking, decode, encode


@dataclass(frozen=True)
class Said:
    security_id: int
    symbol: str
    rank: int
    score: float = 0.1
    ml_prob: float = 0.5
    ml_expected_return: float | None = None
    signal: str = "HOLD"
    confidence: float = 0.5
    interval_low: float | None = None
    interval_high: float | None = None
    note: str | None = None
    disagreement: float | None = None


SAID = [Said(7, "BHP.AX", 1, 1 / 3, 0.61, 0.01, "STRONG_BUY", 0.61, -0.1, 0.2), Said(3, "CBA.AX", 2, note="ünsure")]


def test_a_ranking_is_these_bytes() -> None:
    expected = b"asxos-ranking-1\n" + struct.pack("<I2i2i2b", 2, 7, 3, 1, 2, 2, 0)
    nan = struct.unpack("<d", bytes.fromhex("000000000000f87f"))[0]
    for pair in ((1 / 3, 0.1), (0.61, 0.5), (0.01, nan), (0.61, 0.5), (-0.1, nan), (0.2, nan), (nan, nan)):
        expected += struct.pack("<2d", *pair)
    for text in ("BHP.AX\x1fCBA.AX", "\x1fünsure"):
        expected += struct.pack("<I", len(text.encode())) + text.encode()
    assert encode(SAID) == expected


def test_the_order_in_which_signals_come_does_not_matter_but_every_bit_does() -> None:
    assert encode(SAID[::-1]) == encode(SAID)
    assert encode([SAID[0], replace(SAID[1], score=0.1 + 2**-56)]) != encode(SAID)
    assert encode([SAID[0], replace(SAID[1], ml_expected_return=float("nan"))]) == encode(SAID)


def test_what_was_encoded_is_read_back() -> None:
    rows = decode(encode(SAID)).rows(named=True)
    assert [(r["security_id"], r["symbol"], r["rank"], r["label"], r["note"]) for r in rows] == [
        (7, "BHP.AX", 1, 2, None),
        (3, "CBA.AX", 2, 0, "ünsure"),
    ]
    assert (rows[0]["score"], rows[0]["interval_low"], rows[1]["interval_low"]) == (1 / 3, -0.1, None)
    assert decode(encode([])).height == 0


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"asxos-ranking-1\n", encode(SAID)[:-1], encode(SAID)[:60], encode(SAID) + b"x", b"y" + encode(SAID)),
        *(encode(SAID).replace(b"\x1fCBA", b" CBA"), encode(SAID).replace(b"BHP", b"\xff\xff\xff")),
    ],
)
def test_what_is_no_whole_ranking_is_refused(content: bytes) -> None:
    with pytest.raises(NotARanking):
        decode(content)


def test_a_text_that_would_be_read_back_as_two_is_refused() -> None:
    with pytest.raises(ValueError, match="0x1f"):
        encode([replace(SAID[0], note="a\x1fb")])
