"""An investor's ledger: what was done, and everything that follows from it: parcels, gains, income, cash."""
