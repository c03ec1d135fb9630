"""Australian tax on shares, as dated rules: a calculator, not advice. Sources are named with each rule."""
