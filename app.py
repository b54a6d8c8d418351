"""Streamlit entry: the look, the navigation, and the assistant that every page shares."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from ui import chat, state, style
from ui.texts import t

if TYPE_CHECKING:
    from answer.assemble import Assistant


def main() -> None:
    st.set_page_config(
        page_title=t("app.name"), page_icon=":material/menu_book:", layout="wide", initial_sidebar_state=260
    )
    style.apply()
    pages = [
        st.Page(
            _with_assistant(chat.render), title=t("app.chat"), icon=":material/forum:", url_path="fraga", default=True
        ),
    ]
    st.navigation(pages).run()


def _with_assistant(page: Callable[[Assistant], None]) -> Callable[[], None]:
    """The page as Streamlit wants it: without arguments, its errors explained in Swedish."""

    def run() -> None:
        with state.explained():
            with st.spinner(t("app.opening")):
                assistant = state.assistant()
            page(assistant)

    return run


main()
