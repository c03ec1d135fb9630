"""The factors of prices again, fast: one module a noun beside its readable twin in `price/`."""
