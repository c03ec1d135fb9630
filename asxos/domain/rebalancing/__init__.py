"""From a portfolio and a target to whole-share orders that are worth their costs and their tax."""
