"""A portfolio run over the past by signals known at each close: whole shares, cash, costs, every cent kept."""

from asxos.domain.backtest.engine import run
from asxos.domain.backtest.ledger import Ledger
from asxos.domain.backtest.market import Market, build_market
from asxos.domain.backtest.rankings import Rankings, read_rankings
from asxos.domain.backtest.rules import Rules, Weighting

__all__ = ["Ledger", "Market", "Rankings", "Rules", "Weighting", "build_market", "read_rankings", "run"]
