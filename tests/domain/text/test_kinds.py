"""Kinds are told as a reader of the exchange's announcements would."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asxos.domain.text.headlines import read_headlines
from asxos.domain.text.kinds import FORMS, KIND_TYPE, PHRASES, Kind, kinds

# Headlines as companies lodge them with the exchange.
LODGED = {
    "Change of Director\u2019s Interest Notice": Kind.DIRECTOR_TRADE,
    "Appendix 3Y - J Smith": Kind.DIRECTOR_TRADE,
    "Initial Director's Interest Notice": Kind.DIRECTOR_NOTICE,
    "Final Director's Interest Notice x 2": Kind.DIRECTOR_NOTICE,
    "Becoming a substantial holder": Kind.SUBSTANTIAL_HOLDING,
    "Ceasing to be a substantial holder from XYZ": Kind.SUBSTANTIAL_HOLDING,
    "Trading Halt": Kind.TRADING_HALT,
    "Pause in trading": Kind.TRADING_HALT,
    "Suspension from Quotation": Kind.SUSPENSION,
    "Reinstatement to Official Quotation": Kind.REINSTATEMENT,
    "Removal from Official List": Kind.REMOVAL,
    "Response to ASX Price Query": Kind.PRICE_QUERY,
    "Quarterly Activities/Appendix 5B Cash Flow Report": Kind.QUARTERLY,
    "Appendix 4D and Half Year Report": Kind.RESULTS,
    "FY24 Results Announcement": Kind.RESULTS,
    "Annual Report to shareholders": Kind.ANNUAL_REPORT,
    "Notice of Annual General Meeting/Proxy Form": Kind.MEETING,
    "Dividend/Distribution - BHP": Kind.DIVIDEND,
    "Update - Notification of buy-back - QAN": Kind.BUY_BACK,
    "Proposed issue of securities - RMI": Kind.CAPITAL_RAISING,
    "Fully underwritten $3.6m entitlement offer": Kind.CAPITAL_RAISING,
    "Application for quotation of securities - RMI": Kind.SECURITIES,
    "Cleansing Notice": Kind.SECURITIES,
    "Second Supplementary Target's Statement": Kind.TAKEOVER,
    "Scheme Booklet registered with ASIC": Kind.TAKEOVER,
    "Trading update and FY25 outlook": Kind.GUIDANCE,
    "Earnings guidance upgraded": Kind.GUIDANCE,
    "CEO Retirement": Kind.BOARD,
    "High-grade gold intersected at Bellevue": Kind.EXPLORATION,
    "FDA clearance for Gastrointestinal Kit": Kind.CLINICAL,
    "Completes acquisition of Smith Holdings": Kind.ACQUISITION,
    "Awarded $20m contract": Kind.CONTRACT,
    "Net Tangible Asset Backing": Kind.FUND,
    "S&P DJI Announces March 2025 Quarterly Rebalance": Kind.INDEX,
    "Change of Company Name": Kind.GOVERNANCE,
    "Investor Webinar": Kind.PRESENTATION,
    "Key Dates": Kind.OTHER,
}


@pytest.mark.parametrize("headline", LODGED)
def test_a_headline_has_the_kind_a_reader_would_give_it(headline: str) -> None:
    assert kinds(pl.Series([headline])).to_list() == [LODGED[headline]]


def test_words_are_whole_and_case_does_not_matter() -> None:
    # `halt` inside asphalt, `agm` inside magma and `ceo` inside oceon are no words of their own
    assert kinds(pl.Series(["Asphalt magma oceon", "TRADING HALT", "trading\u00a0halt"])).to_list() == [
        Kind.OTHER,
        Kind.TRADING_HALT,
        Kind.TRADING_HALT,
    ]


def test_each_row_gets_its_own_kind_and_an_empty_column_none() -> None:
    headlines = pl.Series(["Trading Halt", "Key Dates", "Trading Halt"])
    assert kinds(headlines).to_list() == [Kind.TRADING_HALT, Kind.OTHER, Kind.TRADING_HALT]
    assert kinds(pl.Series([], dtype=pl.String)).dtype == KIND_TYPE


def test_every_kind_but_other_has_phrases() -> None:
    assert [*PHRASES, Kind.OTHER] == list(Kind)


def test_a_form_has_no_tone_however_it_sounds() -> None:
    found = read_headlines(pl.Series(["Ceasing to be a substantial holder", "Record profit and upgraded outlook"]))
    assert Kind.SUBSTANTIAL_HOLDING in FORMS
    assert found["tone"][0] is None
    assert found["tone"][1] > 0.5


@given(st.lists(st.text(max_size=60), max_size=5))
def test_any_text_has_a_kind(headlines: list[str]) -> None:
    found = read_headlines(pl.Series(headlines, dtype=pl.String))
    assert found.height == len(headlines)
    assert found["kind"].null_count() == 0


def test_nearly_all_real_headlines_have_a_kind(shared_data: Path) -> None:
    announcements = pl.read_parquet(shared_data / "announcements.parquet", columns=["headline", "price_sensitive"])
    typed = announcements.with_columns(kind=kinds(announcements["headline"].cast(pl.String)))
    assert typed.height == 246_636
    assert typed.filter(pl.col("kind") != Kind.OTHER).height > 0.97 * typed.height  # 0.978 measured
    # the exchange marks what stops trading as price-sensitive, and directors' notices never
    marked = dict(typed.group_by("kind").agg(pl.col("price_sensitive").mean()).iter_rows())
    assert marked[Kind.TRADING_HALT] > 0.99
    assert marked[Kind.QUARTERLY] > 0.9
    assert marked[Kind.DIRECTOR_TRADE] < 0.01
