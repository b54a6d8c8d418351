# Two commands: `make run` and `make test`. Both do everything from a fresh clone. Windows: see README.md.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed

.PHONY: run test install corpus clean

run: install
	$(PY) -m ingest
	$(PY) -m streamlit run app.py

test: install
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -m pytest --numprocesses 2 --dist loadgroup

install: $(STAMP)

$(STAMP): requirements.txt requirements-dev.txt
	$(PYTHON) -c "import sys; sys.exit('Python 3.11 or newer is needed; this is ' + sys.version) if sys.version_info < (3, 11) else None"
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt -r requirements-dev.txt
	touch $(STAMP)

corpus: install
	$(PY) corpus/source/build.py

clean:
	rm -rf $(VENV) .index
