"""The question set and everything that measures with it; `python -m eval` runs it."""
