"""The kind of an ASX announcement, told from its headline by phrases in order; the first that occurs decides."""

import re
from collections.abc import Mapping
from enum import StrEnum

import polars as pl


class Kind(StrEnum):
    """What an announcement is about, in the order in which phrases are looked for."""

    REMOVAL = "removal"
    REINSTATEMENT = "reinstatement"
    SUSPENSION = "suspension"
    TRADING_HALT = "trading_halt"
    PRICE_QUERY = "price_query"
    SUBSTANTIAL_HOLDING = "substantial_holding"
    DIRECTOR_NOTICE = "director_notice"
    DIRECTOR_TRADE = "director_trade"
    BUY_BACK = "buy_back"
    FUND = "fund"
    INDEX = "index"
    TAKEOVER = "takeover"
    DIVIDEND = "dividend"
    QUARTERLY = "quarterly"
    CAPITAL_RAISING = "capital_raising"
    SECURITIES = "securities"
    ANNUAL_REPORT = "annual_report"
    RESULTS = "results"
    MEETING = "meeting"
    GUIDANCE = "guidance"
    BOARD = "board"
    CLINICAL = "clinical"
    ACQUISITION = "acquisition"
    EXPLORATION = "exploration"
    OPERATIONS = "operations"
    CONTRACT = "contract"
    FINANCE = "finance"
    LEGAL = "legal"
    PRESENTATION = "presentation"
    GOVERNANCE = "governance"
    OTHER = "other"


# Stops and starts of trading first, then the exchange's own forms, whose headlines are fixed, then what companies word
# freely, from the telling to the vague. Between commas: words in order, case ignored; `*` ends a word any way, `~` is
# anything between, `|` is either word.
PHRASES: Mapping[Kind, str] = {
    Kind.REMOVAL: """
        removal from official|quotation|trading, removed from official|quotation, removal of ~ notes, delist*, long
        term suspended""",
    Kind.REINSTATEMENT: """
        reinstate*, resumption of trading|quotation, lifting of suspension, resume trading, trading to resume""",
    Kind.SUSPENSION: "suspen*",
    Kind.TRADING_HALT: "trading halt, pause in trading, request for halt",
    Kind.PRICE_QUERY: """
        price query, price|volume ~ query, aware letter|query, asx query, asx letter, query letter, response to ~
        query, response to asx""",
    Kind.SUBSTANTIAL_HOLDING: """
        substantial *hold*, substantial share*, substantial interest, substantial security*, form 603, form 604, form
        605, beneficial ownership, relevant interest, major holding*, tr 1""",
    Kind.DIRECTOR_NOTICE: "initial director*, final director*, appendix 3x|3z, 3x|3z, appendix 3x*|3z*",
    Kind.DIRECTOR_TRADE: """
        director* interest*, director* share*, director* holding*, director* dealing*, director* trad*, director*
        purchas*, director* on-market, appendix 3y*, 3y|3ys, appendices 3y*, pdmr*""",
    Kind.BUY_BACK: "buy-back*, buyback*, buy back*, own shares, repurchase of, appendix 3c|3d|3e|3f",
    Kind.FUND: """
        nta, nav, net tangible, net asset*, etf*, mfund*, fund, funds, unit* on issue, units, unit price*, product
        disclosure*, outstanding etf*, trading holiday, monthly report|update, portfolio
        holdings|disclosure|update|composition, investment update|report, month end, month-end, instalment*, warrant*,
        unitholder*, redemption*, pds, fum, aum""",
    Kind.INDEX: "s&p dji, s&p/asx, rebalance, index inclusion",
    Kind.TAKEOVER: """
        takeover*, scheme*, bidder* statement, target* statement, merger*, merge, demerger, compulsory acquisition,
        firb ~ approval, takeovers panel, independent expert*, change of control, *binding ~ proposal|offer|bid,
        indicative ~ proposal|offer, unsolicited ~, control transaction, off-market ~ offer, superior proposal,
        revised proposal, offer period, court hearing""",
    Kind.DIVIDEND: """
        dividend*, distribution*, drp, franking, component details, interest payment*, interest rate*, interest
        details, coupon*, return of capital, capital return""",
    Kind.QUARTERLY: """
        quarter*, appendix 4c|5b|5c, 4c, 5b, cash flow report, cashflow report, q1|q2|q3|q4, q1fy*, q2fy*, q3fy*,
        q4fy*, 1q|2q|3q|4q, 1q24|2q24|3q24|4q24|1q25|2q25|3q25|4q25, business activity report*""",
    Kind.CAPITAL_RAISING: """
        placement*, entitlement*, rights issue, spp, purchase plan, capital rais*, equity rais*, raise*, raising*,
        prospectus*, bookbuild, shortfall, offer booklet|document*|closes|opens|information, oversubscribed, proposed
        issue, appendix 3b, retail offer, institutional offer, underwrit*, renounceable, ipo, firm commitments,
        option* offer, loyalty offer|option*, convertible note*, target market determination, offer for subscription""",
    Kind.SECURITIES: """
        quotation of, unquoted, cessation of, cleansing*, 708a*, 708 *, section 708*, 1012da*, appendix 2a|3g|3h,
        escrow*, secondary trading, issue of, conversion of, exercise of, option* expir*, expiry of, lapse of, option*
        exercise*, consolidation, share split, allotment*, top 20, distribution schedule, cdi*, performance rights,
        unmarketable parcel*, small parcel*, share sale facility, incentive plan*, share plan*, esop, issued capital,
        release of ~ shares|securities, conversion or payment, admission to, official list, vesting of,
        pre-quotation*, holding statement*, capital structure""",
    Kind.ANNUAL_REPORT: """
        annual report*, annual financial, appendix 4g, governance statement*, sustainability*, modern slavery,
        climate*, esg, tax transparency, remuneration report, annual review, integrated report""",
    Kind.RESULTS: """
        appendix 4a|4d|4e, 4d, 4e, half year*, half-year*, full year*, full-year*, preliminary final, financial
        result*, financial report*, financial statement*, accounts, results announcement, results presentation,
        results briefing, results release, result* for, fy23 ~ result*, fy24 ~ result*, fy25 ~ result*, h1 ~ result*,
        h2 ~ result*, 1h* ~ result*, interim ~ result*|report*, annual result*, year result*, results teleconference,
        results webcast, earnings release, profit*, form 10-q|10-k|10q|10k, half yearly, results summary, results
        conference call, investor results, 1h*, fy* results, record ~ result*|revenue|profit""",
    Kind.MEETING: """
        agm, egm, meeting*, proxy, proxies, director nomination*, address to, *'s address, chair* address*, ceo
        address*, agm address*, 249d, 249n, 249p, 203d*, resolution*""",
    Kind.GUIDANCE: """
        guidance, outlook, trading update, earnings update, market update, operational update, operations update,
        business update, sales update, company update, corporate update, shareholder update, strategy update,
        activities update, performance update, financial update, upgrade*, downgrade*, forecast*, update on
        operations, sales and revenue, unaudited, expected ~ results""",
    Kind.BOARD: """
        appoint*, resign*, chief *, retire*, ceo, cfo, coo, managing director, company secretary, board, director*,
        chair*, leadership, executive*, management change*, auditor*, joins, key management, general counsel""",
    Kind.CLINICAL: """
        clinical*, phase * trial|study, trial* phase *, fda, tga, patient*, trial results, therap*, drug, vaccine*,
        orphan drug, cohort*, 510k, 510(k), dosed, dosing, biomarker*, ce mark, cancer, preclinical, pre-clinical,
        patent*, ethics approval, hrec, ind application, in vivo, medicare, breakthrough device""",
    Kind.ACQUISITION: """
        acqui*, divest*, dispos*, sale of, sells, sell, sold, purchase of, purchases, to purchase, joint venture, jv,
        farm-in*, farm in, farm-out*, farmin*, farmout*, farm-down, earn-in, sale agreement, sale process, sale
        complet*, transaction, option agreement, option to, strategic review, strategic investment, strategic stake,
        stake in, tenement*, spin-out, spinout, property sale, asset sale, sale, completion of, completes, settlement
        of, land""",
    Kind.EXPLORATION: """
        drill*, assay*, intercept*, intersect*, mineralis*, mineraliz*, jorc, mre, resource*, reserve*, explor*,
        geochem*, geophys*, grade*, high-grade, g/t, treo, spodumene, pegmatite*, metallurg*, feasibility, dfs, pfs,
        bfs, scoping study, well*, spud*, seismic, flow test*, gold, lithium, copper, nickel, uranium, graphite, rare
        earth*, ree, zinc, silver, tin, antimony, tungsten, cobalt, manganese, vanadium, titanium, iron ore,
        magnetite, hydrogen, helium, gas, oil, discover*, target*, survey*, sampl*, mine, mines, mining, coal, potash,
        phosphate, bauxite, kaolin, silica, hpa, niobium, brine, porphyry, *lode*, anomal*, strike, field program*,
        fieldwork, geological, rock chip*, soil*, prospect*, heritage, environmental approval*, permit*, project*, m
        @*, *m @*, diamond*, gallium, molybdenum, mineral*, ionic, exploration licence*, epl*""",
    Kind.OPERATIONS: """
        production, first ore|sales|shipment|concentrate|pour|production|revenue|power, commission*, construction*,
        plant*, shipment*, ramp-up, pilot*, processing, refinery, facility, development*, cargo*, operations,
        operational, launch*, rollout, roll-out, expan*, milestone*, commenc*, manufactur*, approval*, licence*,
        license*, certification, deploy*, demonstrat*, technology, platform, product*, test*, progress*, deliver*,
        opens, opening, store*""",
    Kind.CONTRACT: """
        contract*, agreement*, mou, memorandum*, partner*, alliance, collaborat*, order*, award*, deal, supply,
        offtake, off-take, tender*, customer*, distributor, secures, secured, signs, signed, signing, term sheet,
        letter of intent, loi, heads of agreement, grant*, wins, win, extends, extended, renew*, select*, engage*,
        sales, funding""",
    Kind.FINANCE: """
        debt, loan*, refinanc*, financing*, finance, capital management, notes, note, bond*, mtn, credit rating,
        rating*, moody*, fitch, covenant*, repay*, hedg*, lender*, securitis*, pillar 3, apra, apm, programme,
        rebate*, refund*, tax, working capital, r&d, investment*, capital notes, trust*""",
    Kind.LEGAL: """
        court, litigation, proceeding*, class action, legal, arbitration, asic, accc, austrac, claim*, investigation*,
        injunction, regulator*, administrat*, receiver*, liquidat*, deed of company, creditor*, doca, judgment,
        dispute*, appeal*, insolven*, breach*, default*, tribunal, native title, settlement, settles, infringement,
        enforceable undertaking""",
    Kind.PRESENTATION: """
        presentation*, webinar*, briefing*, conference*, roadshow*, letter*, newsletter*, investor*, interview*,
        podcast, webcast, q&a, site visit, media, fact sheet, factsheet, present*, research report, shareholder*,
        showcase, forum, symposium, summit, video*, analyst*, teleconference, update*""",
    Kind.GOVERNANCE: """
        constitution, trading policy, securities trading, registry, registered office, company address, details of,
        change of, change to, name change, new name, policy, charter, code of conduct, waiver*, listing rule*,
        disclosure*, contact details, asx code, notice*, correction*, amend*, replacement*, clarif*, supplementary,
        addendum, retraction, re-release*, statement*, revised, withdrawal""",
}

FORMS = frozenset(
    {
        *(Kind.TRADING_HALT, Kind.SUBSTANTIAL_HOLDING, Kind.DIRECTOR_NOTICE, Kind.DIRECTOR_TRADE, Kind.BUY_BACK),
        *(Kind.FUND, Kind.INDEX, Kind.SECURITIES, Kind.ANNUAL_REPORT, Kind.MEETING, Kind.GOVERNANCE),
    }
)
"""Kinds whose headlines are set words of the exchange or of the law: how they sound says nothing."""
MATERIAL = frozenset(
    {
        *(Kind.TRADING_HALT, Kind.SUSPENSION, Kind.REINSTATEMENT, Kind.PRICE_QUERY, Kind.TAKEOVER, Kind.QUARTERLY),
        *(Kind.RESULTS, Kind.GUIDANCE, Kind.CLINICAL, Kind.ACQUISITION, Kind.EXPLORATION, Kind.OPERATIONS),
        Kind.CONTRACT,
    }
)
"""Kinds that the exchange marks as price-sensitive more often than not; results as released, not as presented again."""

KIND_TYPE = pl.Enum(kind.value for kind in Kind)

_APOSTROPHES = "[\u2019\u2018`\u00b4]"


def kinds(headlines: pl.Series) -> pl.Series:
    """The kind of each headline as KIND_TYPE, never null; shape (n,). Each distinct headline is read once."""
    distinct = headlines.unique()
    text = pl.col("headline").str.replace_all(_APOSTROPHES, "'")
    found = pl.coalesce(pl.when(text.str.contains(pattern)).then(pl.lit(kind)) for kind, pattern in _PATTERNS.items())
    typed = distinct.to_frame("headline").select(found.fill_null(Kind.OTHER).cast(KIND_TYPE)).to_series()
    return headlines.replace_strict(distinct, typed).cast(KIND_TYPE)


def is_worded(kind: pl.Expr) -> pl.Expr:
    """Whether a company chose the words of the headline, by its kind."""
    return ~kind.cast(pl.String).is_in([form.value for form in FORMS])


def _pattern(phrases: str) -> str:
    """One regular expression that finds any of the phrases, as whole words."""
    found = "|".join(r"\s+".join(map(_word, phrase.split())) for phrase in phrases.split(","))
    return rf"(?i)(?:^|\W)(?:{found})(?:$|\W)"


def _word(word: str) -> str:
    if word == "~":
        return ".*"
    return "|".join(re.escape(either).replace(r"\*", r"[\w']*") for either in word.split("|")).join(("(?:", ")"))


_PATTERNS: Mapping[Kind, str] = {kind: _pattern(phrases) for kind, phrases in PHRASES.items()}
