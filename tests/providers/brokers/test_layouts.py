"""Every layout of the project's list of broker files, by rows written for these tests."""

from datetime import date
from decimal import Decimal

import pytest

from asxos.providers.brokers.files import UnknownLayout
from tests.providers.brokers.reading import read, said, workbook

D = Decimal

COMMSEC = """Confirmation Number,Order Number,Trade Date,Buy/ Sell,Security,Units,Average Price ($),\
Brokerage (inc GST.),Net Proceeds ($),Settlement Date,Confirmation Status,
70000001,N1,6/11/2017,B,BHP,100,26.50,19.95,"2,669.95",8/11/2017,Settled,
70000002,N2,7/11/2017,S,BHP,40,27.00,19.95,"1,060.05",9/11/2017,Settled,
"""
WESTPAC = """Transaction Summary
1 Jul 2023 to 30 Jun 2024
SHARES - 1234567 - HIN X0012345678
MS SAMPLE PERSON

Code,Company,Date,Type,Quantity,Unit Price ($),Trade Value ($),Brokerage+GST ($),GST ($),Contract Note,Total Value ($)
CBA,COMMONWEALTH BANK,03/08/2023,Buy,10,100.00,"1,000.00",19.95,1.81,W1,"1,019.95"
CBA,COMMONWEALTH BANK,04/09/2023,Sell,-4,101.00,(404.00),19.95,1.81,W2,(384.05)
GLOSSARY
Trade Value,the quantity times the unit price
"""
CASES: dict[str, tuple[str, str, list[tuple[object, ...]]]] = {
    "CommSec confirmations": (
        COMMSEC,
        "CommSec confirmations",
        [
            ("buy", "2017-11-06", "BHP.AX", 100, D("2650.00"), D("19.95")),
            ("sell", "2017-11-07", "BHP.AX", 40, D("1080.00"), D("19.95")),
        ],
    ),
    "the same, pasted with tabs": (
        COMMSEC.replace('"2,669.95"', "2669.95").replace('"1,060.05"', "1060.05").replace(",", "\t"),
        "CommSec confirmations",
        [
            ("buy", "2017-11-06", "BHP.AX", 100, D("2650.00"), D("19.95")),
            ("sell", "2017-11-07", "BHP.AX", 40, D("1080.00"), D("19.95")),
        ],
    ),
    "Westpac, with lines above and a glossary below": (
        WESTPAC,
        "CommSec or Westpac transactions of a financial year",
        [
            ("buy", "2023-08-03", "CBA.AX", 10, D("1000.00"), D("19.95")),
            ("sell", "2023-09-04", "CBA.AX", 4, D("404.00"), D("19.95")),
        ],
    ),
    "CommSec account": (
        "Date,Reference,Details,Debit($),Credit($),Balance($)\n"
        "09/06/2026,C1,B 23 NDQ @ 41.950000  ,966.85,,966.85\n"
        "10/06/2026,R2,Direct Transfer,,966.85,0.00\n"
        "11/06/2026,D3,Dividend NDQ,,12.34,-12.34\n",
        "CommSec account",
        [
            ("buy", "2026-06-09", "NDQ.AX", 23, D("964.85"), D("2.00")),
            ("cash_in", "2026-06-10", None, None, D("966.85"), 0),
            ("dividend", "2026-06-11", "NDQ.AX", None, D("12.34"), 0),
        ],
    ),
    "CommSec holdings": (
        "Code,Avail Units,Purchase $,Last $,Mkt Value $\nBHP,50,30.00,45.00,2250.00\n",
        "CommSec holdings",
        [("opening", "2026-11-25", "BHP.AX", 50, D("1500.00"), 0)],
    ),
    "SelfWealth movements": (
        "Trade Date,Settlement Date,Action,Reference,Code,Name,Units,Average Price,Consideration,Brokerage,Total\n"
        "2022-01-20 00:00:00,2022-01-24 00:00:00,Buy,T1,MQG,MACQUARIE,10,196.92,1969.20,9.50,1978.70\n",
        "SelfWealth movements",
        [("buy", "2022-01-20", "MQG.AX", 10, D("1969.20"), D("9.50"))],
    ),
    "SelfWealth trades": (
        "Trade Date,Settlement Date,Action,Code,Company,Units,Average Price,Brokerage,Total Value\n"
        "2022-01-20,2022-01-24,Sell,MQG,MACQUARIE,2,200.00,9.50,390.50\n",
        "SelfWealth trades",
        [("sell", "2022-01-20", "MQG.AX", 2, D("400.00"), D("9.50"))],
    ),
    "Pearler": (
        "Symbol,Exchange,Trade Date,Trade Type,Quantity,Price,Brokerage Fee,Reference\n"
        "VAS,ASX,2023-05-04T01:02:03Z,BUY,11,90.10,6.50,P1\n",
        "Pearler trades",
        [("buy", "2023-05-04", "VAS.AX", 11, D("991.10"), D("6.50"))],
    ),
    "CMC, columns in another order": (
        "Order Type,AsxCode,Quantity,Price,Trade Date,Settlement Date,Consideration,Brokerage,GST,Stampduty,"
        "Application Fee,OtherCharge,Fee,Confirmation Number\n"
        "Buy,A200,20,120.00,2024-02-01,2024-02-05,2400.00,11.00,1.00,0,0,0,0,C9\n",
        "CMC Invest confirmations",
        [("buy", "2024-02-01", "A200.AX", 20, D("2400.00"), D("11.00"))],
    ),
    "Bell Direct": (
        "Date Completed,Stock Code,Buy/Sell,Quantity,Average Transacted Price,Brokerage,Contract\n"
        "04 Mar 2024 10:15,ANZ,Sell,30,28.50,15.00,B7\n",
        "Bell Direct trades",
        [("sell", "2024-03-04", "ANZ.AX", 30, D("855.00"), D("15.00"))],
    ),
    "nabtrade confirmations": (
        "Account: 12345678\n"
        "Confirmation Number,Trade Date,Settlement Date,Transaction Type,Code,Quantity,Price,Brokerage,"
        "Total Consideration\n"
        'C1,12/03/2024,14/03/2024,BUY,MQG.AX,"20","182.40","14.95","3,662.95"\n'
        "nabtrade is a service provided by somebody\n",
        "nabtrade confirmations",
        [("buy", "2024-03-12", "MQG.AX", 20, D("3648.00"), D("14.95"))],
    ),
    "Sharesight, with its title and total, in another locale": (
        "Main - All Trades Report between 1 Jul 2023 and 30 Jun 2024\n"
        "Market,Code,Name,Type,Date,Quantity,Price,Instrument Currency,Cost base per share (AUD),Brokerage,"
        "Brokerage Currency,Exchange Rate,Value,,Comments\n"
        'ASX,NAB,NATIONAL,Buy,04/07/2023,100,"12,50",AUD,"12,60","9,95",AUD,,"1\u00a0250,00",,\n'
        'ASX,NAB,NATIONAL,Sell,05/07/2023,\u221240,"13,00",AUD,"12,60","9,95",AUD,,"520,00",,\n'
        'Total,,,,,,,,,,,,"1 770,00",,\n',
        "Sharesight all trades",
        [
            ("buy", "2023-07-04", "NAB.AX", 100, D("1250.00"), D("9.95")),
            ("sell", "2023-07-05", "NAB.AX", 40, D("520.00"), D("9.95")),
        ],
    ),
    "Sharesight, second form, foreign: the rate is foreign units for one A$": (
        "Code,Market Code,Name,Date,Type,Qty,Price,Instrument Currency,Cost Base Per Share (AUD),Brokerage,"
        "Brokerage Currency,Exch. Rate,Value,\n"
        "AAPL,NASDAQ,APPLE,04/07/2023,Buy,10,130.00,USD,200.00,6.50,USD,0.65,2010.00,\n",
        "Sharesight all trades, second form",
        [("buy", "2023-07-04", "AAPL:US", 10, D("2000.00"), D("10.00"))],
    ),
    "Sharesight template": (
        "Trade Date,Instrument Code,Market Code,Quantity,Price,Transaction Type,Exchange Rate (optional),"
        "Brokerage (optional),Brokerage Currency (optional),Comments (optional)\n"
        "2023-07-04,WES,ASX,5,50.00,BUY,,9.50,AUD,\n",
        "Sharesight import template",
        [("buy", "2023-07-04", "WES.AX", 5, D("250.00"), D("9.50"))],
    ),
    "Sharesies": (
        "Order ID,Trade date,Instrument code,Market code,Quantity,Price,Transaction type,Exchange rate,"
        "Transaction fee,Currency,Amount,Transaction method\n"
        "abc-1,2024-06-15,AAPL,NASDAQ,10,150.00,BUY,1.60,1.00,USD,1501.00,MARKET_TRADE\n",
        "Sharesies transactions",
        [("buy", "2024-06-15", "AAPL:US", 10, D("2400.00"), D("1.60"))],
    ),
    "plain holdings": (
        "Ticker,Shares,Avg_Cost,Date_Acquired\nASX:BHP,100,45.50,2023-01-15\ncba.ax,10,,\n",
        "plain holdings",
        [
            ("opening", "2023-01-15", "BHP.AX", 100, D("4550.00"), 0),
            ("opening", "2026-11-25", "CBA.AX", 10, None, 0),
        ],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_layout(name: str) -> None:
    text, layout, expected = CASES[name]
    file = read(text)
    assert file.layout == layout
    assert said(file) == expected
    assert file.refused == ()


def test_nabtrade_workbook_reads_its_sheets_and_stops_at_the_fine_print() -> None:
    header = [
        "Account", "Description", "Code", "Date", "Movement Type", "Confirmation Number", "Exchange Currency",
        "Quantity", "Transaction Price", "Value", "Brokerage", "Other Fees", "Average Price", "Multiplier",
        "Settlement Amount (AUD)",
    ]  # fmt: skip
    rows = [
        ["Domestic Portfolio Transactions"],
        header,
        ["1", "CBA", "CBA", date(2024, 3, 12), "Buy", 101, "AUD", 10, 100.1, 1001.0, 14.95, 0, 100.1, 1, 1015.95],
        ["1", "CBA", "CBA", date(2024, 9, 30), "DRP", 102, "AUD", 2, 31.2, 62.4, 0, 0, 31.2, 1, 62.4],
        ["Important Information"],
        ["1", "CBA", "CBA", date(2024, 3, 13), "Buy", 103, "AUD", 10, 100.1, 1001.0, 14.95, 0, 100.1, 1, 1015.95],
    ]
    file = read(workbook({"Summary": [["Nothing here"]], "Domestic Portfolio Transactions": rows}), "nab.xlsx")
    assert said(file) == [
        ("buy", "2024-03-12", "CBA.AX", 10, D("1001.00"), D("14.95")),
        ("buy", "2024-09-30", "CBA.AX", 2, D("62.40"), 0),
    ]


def test_foreign_trade_keeps_its_rate_and_source() -> None:
    text = CASES["Sharesies"][0]
    (line,) = read(text).lines
    sums = (line.transaction.currency, line.transaction.rate, line.transaction.rate_source)
    assert sums == ("USD", D("1.60"), "Sharesies' exchange rate")


def test_foreign_trade_without_a_rate_is_refused() -> None:
    text = CASES["CMC, columns in another order"][0].replace("A200", "NVDA:US")
    (refused,) = read(text).refused
    assert (refused.line, refused.reason) == (2, "NVDA:US is not traded in A$ and the row has no exchange rate")


def test_unknown_layout_answers_with_its_header_and_takes_a_mapping() -> None:
    text = "When,What,How Many,At,Side\n2024-03-01,BHP,10,45.00,BUY\n"
    with pytest.raises(UnknownLayout) as unknown:
        read(text, "mine.csv")
    assert unknown.value.header == ["When", "What", "How Many", "At", "Side"]
    mapping = {
        "tradedate": "When", "symbol": "What", "quantity": "How Many", "price": "At", "tradetype": "Side",
    }  # fmt: skip
    file = read(text.replace("Side", "Side,Exchange,Brokerage Fee").replace("BUY", "BUY,ASX,5"), "mine.csv", mapping)
    assert said(file) == [("buy", "2024-03-01", "BHP.AX", 10, D("450.00"), 5)]
