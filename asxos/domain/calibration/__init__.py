"""From a model's own score to a probability, an expected return and an interval, learnt from out-of-fold scores only."""
