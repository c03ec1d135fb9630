"""Qlib beside us: its Alpha158 against ours, and its Alpha158 with LightGBM against our models. Run only when asked."""
