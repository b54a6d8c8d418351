"""Streamlit entry: the look, the navigation, and the assistant that every page shares."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from ui import chat, sources, state, style
from ui.texts import t

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

    from answer.assemble import Assistant


def main() -> None:
    st.set_page_config(
        page_title=t("app.name"), page_icon=":material/menu_book:", layout="wide", initial_sidebar_state=260
    )
    style.apply()
    pages = [
        _page("chat", chat.render, ":material/forum:", "fraga", default=True),
        _page("sources", sources.render, ":material/menu_book:", "kallor"),
    ]
    st.navigation(pages).run()


def _page(name: str, render: Callable[[Assistant], None], icon: str, path: str, default: bool = False) -> StreamlitPage:
    return st.Page(_with_assistant(render), title=t(f"app.{name}"), icon=icon, url_path=path, default=default)


def _with_assistant(page: Callable[[Assistant], None]) -> Callable[[], None]:
    """The page as Streamlit wants it: without arguments, its errors explained in Swedish."""

    def run() -> None:
        with state.explained():
            with st.spinner(t("app.opening")):
                assistant = state.assistant()
            page(assistant)

    return run


main()
