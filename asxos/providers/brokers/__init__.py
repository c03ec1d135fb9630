"""Files that brokers and registries give to investors, read into ledger lines; one module a broker."""
