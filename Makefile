# ASX Portfolio OS. `make up` runs everything; `make test` proves it. Both set themselves up first.

PYTHON ?= python3.11
BIN := .venv/bin
PORT ?= 8788
# A file or folder of prices, e.g. make up DATA=prices.parquet; empty: the simulated market.
DATA ?=
ARGS ?=

.PHONY: setup up dev test check fix bench browser clean

setup: .venv/.ready asxos/ui/dist/.ready

.venv/.ready: requirements/dev.txt requirements/tools.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed; set PYTHON=... to name it" >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements/tools.txt
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements/tools.txt requirements/dev.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@$(BIN)/python -c "from asxos.domain.factors.compute import warm_up; warm_up()"
	@touch $@

asxos/ui/dist/.ready: .venv/.ready FORCE
	@$(BIN)/python -m asxos.ui.build

FORCE:

up: setup
	$(BIN)/asxos up --port $(PORT) $(if $(DATA),--data "$(DATA)") $(ARGS)

# The service with reload beside Vite's own server.
dev: setup
	$(BIN)/python scripts/dev.py --port $(PORT)

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	$(BIN)/squawk asxos/migrations/*.sql
	$(BIN)/python scripts/npm.py run check
	$(BIN)/python scripts/npm.py test

fix: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

browser: setup
	@$(BIN)/python scripts/browser.py

test: check browser
	rm -f .coverage*
	$(BIN)/pytest -n 2 --dist loadscope --cov --cov-report= -m "not e2e"
	$(BIN)/pytest -m e2e
	$(BIN)/coverage report --fail-under=85
	$(BIN)/coverage report --fail-under=100 --include='asxos/core/db.py,asxos/core/bulk.py,asxos/core/columnar.py,asxos/core/repository.py,asxos/core/migrate.py,asxos/core/copying.py,asxos/core/jobs/repository.py,asxos/domain/money.py,asxos/domain/ledger/*.py,asxos/domain/tax/*.py,asxos/features/*/repositories.py,asxos/features/*/repositories/*.py'

bench: setup
	$(BIN)/python -m benchmarks $(ARGS)

clean:
	rm -rf .venv build asxos/ui/dist web/node_modules
