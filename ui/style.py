"""The look that Streamlit's theme (.streamlit/config.toml) does not reach."""

from __future__ import annotations

import json
from pathlib import Path

import streamlit as st

from ui.texts import t

FILE = Path(__file__).with_name("style.css")


def apply() -> None:
    """Put the style on the page; once per run."""
    st.html(FILE)
    st.html(f"<style>:root {{ --cg-name: {json.dumps(t('app.name'), ensure_ascii=False)}; }}</style>")
