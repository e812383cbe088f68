# Every path here is relative, so that the folder may have a space in its name.
python = .venv/bin/python
pytest = $(python) -m pytest

.PHONY: demo test check bench fuzz crash screens lock environment

demo: ## from a fresh clone to a running portal; PORT=8000 PORTAL_HOME=var
	@bin/demo

environment:
	@bin/environment dev

test: environment ## the whole suite, on SQLite and PostgreSQL
	@bin/pdf-libraries
	@$(pytest) -n auto --dist loadgroup

check: environment ## format, lint, types, ranks, templates
	@$(python) -m ruff format --check .
	@$(python) -m ruff check .
	@$(python) -m mypy
	@$(python) -c 'from importlinter.cli import lint_imports_command as check; check(["--no-logo"])'
	@$(python) -m djlint --quiet --lint portal/templates

bench: environment ## the measured figures, into bench/results.json
	@$(python) -m bench

fuzz: environment ## generated requests and life cycles, long
	@$(pytest) -m "fuzz or mutation" --hypothesis-profile=fuzz -n auto --dist loadgroup

crash: environment ## kill -9 of web and worker, long
	@CRASH_ROUNDS=$${CRASH_ROUNDS:-100} $(pytest) -m crash -n 0

screens: environment ## pictures of every page, into var/screens
	@bin/pdf-libraries
	@$(python) -m tests.screens

lock: ## both locks anew from pyproject.toml
	@bin/lock
