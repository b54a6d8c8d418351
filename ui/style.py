"""The look that Streamlit's theme (.streamlit/config.toml) does not reach."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

FILE = Path(__file__).with_name("style.css")


def apply() -> None:
    """Put the style on the page; once per run."""
    st.html(FILE)
