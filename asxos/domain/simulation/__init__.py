"""A simulated share market with a planted, known alpha: for demonstrations and tests, never for advice."""

from asxos.domain.simulation.market import SimulatedMarket, TooFewSessions, simulate

__all__ = ["SimulatedMarket", "TooFewSessions", "simulate"]
