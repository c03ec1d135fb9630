"""From a model's score to a probability, an expected return and an interval, learnt out of fold only."""
