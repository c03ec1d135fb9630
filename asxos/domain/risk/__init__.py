"""How far a portfolio can move, judged from its return series, and what it leans on."""
