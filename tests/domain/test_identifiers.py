import polars as pl
import pytest

from asxos.domain.identifiers import MalformedCode, bare_code, canonical_symbol, canonical_symbols

# the aliases of one security: domain notes "Identifiers"
ALIASES = ["BHP", "BHP.AX", "bhp.ax", "BHP.AU", "bhp.au", "BHP.ASX", "ASX:BHP", "asx:bhp", "BHP AU Equity", " BHP "]


@pytest.mark.parametrize("alias", ALIASES)
def test_every_alias_of_a_code_is_one_symbol(alias: str) -> None:
    assert canonical_symbol(alias) == "BHP.AX"


@pytest.mark.parametrize("code", ["360", "A200", "GHHF", "CBAPI", "ETPMAG", "14D"])
def test_codes_of_three_to_six_letters_or_digits_are_codes(code: str) -> None:
    assert canonical_symbol(code) == f"{code}.AX"


@pytest.mark.parametrize(
    "text", ["", "BH", "TOOLONG", "BHP.L", "BHP.AX.AX", "B-P", "BHP US Equity", "ＢＨＰ", "BHP\nX"]
)
def test_what_is_no_code_is_refused_by_its_text(text: str) -> None:
    with pytest.raises(MalformedCode, match="is not an ASX code") as caught:
        canonical_symbol(text)
    assert caught.value.text == text
    assert caught.value.status == 422


def test_a_bare_code_has_no_market() -> None:
    assert bare_code("asx:bhp") == "BHP"


def test_a_column_of_codes_keeps_its_order_and_leaves_bad_ones_null() -> None:
    codes = pl.DataFrame({"code": ["bhp.ax", None, "??", "BHP", "CBA.AU"]})
    assert codes.select(canonical_symbols(pl.col("code")))["code"].to_list() == [
        "BHP.AX",
        None,
        None,
        "BHP.AX",
        "CBA.AX",
    ]


def test_a_categorical_column_of_codes_is_read_too() -> None:
    codes = pl.DataFrame({"code": pl.Series(["BHP", "cba"], dtype=pl.Categorical)})
    assert codes.select(canonical_symbols(pl.col("code")))["code"].to_list() == ["BHP.AX", "CBA.AX"]
