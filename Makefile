# make run    environment, sample store, then the app at http://localhost:8501
# make test   environment, Chromium, then every check and every test
# make bench  the benchmarks; rewrite benchmarks/results.md
#
# Each can be run again at any time: what is already there is left alone.
#   make run STORE=path/to/store PERSON=nurse-1 one's own store, as one person

STORE ?= store
PERSON ?=
PORT ?= 8501
python := .venv/bin/python

.DEFAULT_GOAL := run
.PHONY: run test bench environment test-environment sample-store

run: environment sample-store
	@echo "Serving $(STORE) at http://localhost:$(PORT) (stop with Ctrl+C)"
	@$(python) -m dashboard run --store "$(STORE)" --port $(PORT) $(if $(PERSON),--person "$(PERSON)")

test: test-environment
	$(python) -m ruff check .
	$(python) -m ruff format --check .
	$(python) -m mypy
	$(python) -m pytest -m "not browser" -n auto --maxprocesses 4 --dist worksteal
	$(python) -m pytest -m browser

bench:
	@sh .ci/environment requirements.txt requirements-dev.txt
	$(python) -m benchmarks.import_speed
	$(python) -m benchmarks.alerts
	$(python) -m benchmarks.cohorts
	$(python) -m benchmarks.mixed_models
	$(python) -m benchmarks.lagged_paths
	$(python) -m benchmarks.without_effects

environment:
	@sh .ci/environment requirements.txt

test-environment:
	@sh .ci/environment requirements.txt requirements-dev.txt
	@sh .ci/browser

# A store is a series of numbered snapshots; one that has any is somebody's and stays as it is.
sample-store: environment
	@if ls "$(STORE)"/clinical-*.duckdb >/dev/null 2>&1; then \
		echo "Store $(STORE): already there"; \
	else \
		echo "Store $(STORE): importing the sample data"; \
		$(python) -m dashboard demo --store "$(STORE)"; \
	fi
