"""ASX Portfolio OS: signals for the Australian share market that can be checked."""

__version__ = "0.1.0"
