# Two commands matter: `make run` and `make test`. Python ≥ 3.11 and make are all they need.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test check format prove lock clean

run: .venv/.run
	@exec $(BIN)/gongzhi serve --demo

# What one worker or service has compiled, all the others find.
test: export PYTHONDONTWRITEBYTECODE =
test: .venv/.dev
	$(BIN)/pytest -n 3 --dist worksteal

check: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Longer proofs: fifty kills on each database, and more; and other examples than those of `test`.
prove: .venv/.dev
	$(BIN)/pytest -q -m hypothesis --hypothesis-profile=seek
	$(BIN)/python -m tests.prove

format: .venv/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# After a change of the dependencies in pyproject.toml (needs uv).
lock:
	uv pip compile --universal --generate-hashes --no-header --python-version 3.11 pyproject.toml -o requirements.lock
	uv pip compile --universal --generate-hashes --no-header --python-version 3.11 pyproject.toml --extra dev -c requirements.lock -o requirements-dev.lock

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 run")'
	$(PYTHON) -m venv .venv

.venv/.run: requirements.lock pyproject.toml | .venv/bin/python
	@test -e .venv/.dev -a .venv/.dev -nt requirements.lock || { echo "Installing (about a minute the first time) …"; \
	  $(BIN)/python -m pip install --disable-pip-version-check -q --require-hashes -r requirements.lock; }
	@$(BIN)/python -m pip install --disable-pip-version-check -q --no-deps -e .
	@touch $@

.venv/.dev: requirements-dev.lock pyproject.toml | .venv/bin/python
	@echo "Installing with the tools for tests (a minute or two the first time) …"
	@$(BIN)/python -m pip install --disable-pip-version-check -q --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install --disable-pip-version-check -q --no-deps -e .
	@touch $@

clean:
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
