"""A simulated share market with a planted, known alpha: for demonstrations and tests, never for advice."""

from asxos.domain.simulation.companies import SimulatedFacts, simulate_facts
from asxos.domain.simulation.market import SimulatedMarket, TooFewSessions, simulate

__all__ = ["SimulatedFacts", "SimulatedMarket", "TooFewSessions", "simulate", "simulate_facts"]
