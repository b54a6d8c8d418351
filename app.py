"""Streamlit entry: the look, the navigation by role, and the assistant that every page shares."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from ui import about, access, chat, manage, questions, returning, sources, state, style, wording
from ui.access import Role
from ui.texts import t

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

    from answer.assemble import Assistant


def main() -> None:
    st.set_page_config(
        page_title=t("app.name"), page_icon=":material/menu_book:", layout="wide", initial_sidebar_state=260
    )
    style.apply()
    wording.swedish()
    who = access.visitor()
    if who.login:
        returning.after_login(waiting=who.address is None)
    if not access.gate(who):
        return
    pages = [
        _page("chat", _with_assistant(chat.render), ":material/forum:", "fraga", default=True),
        _page("sources", _with_assistant(sources.render), ":material/menu_book:", "kallor"),
    ]
    if who.may(Role.REVIEWER):
        pages.append(_page("questions", _with_assistant(questions.render), ":material/fact_check:", "fragebank"))
    if who.may(Role.ADMINISTRATOR):
        pages.append(_page("manage", manage.render, ":material/folder_managed:", "hantera"))
    pages.append(_page("about", _with_assistant(about.render), ":material/info:", "om"))
    chosen = st.navigation(pages)
    if who.login:
        st.sidebar.button(t("access.logout"), on_click=st.logout, icon=":material/logout:", key="logout")
    chosen.run()


def _page(name: str, render: Callable[[], None], icon: str, path: str, default: bool = False) -> StreamlitPage:
    title = t(f"app.{name}")

    def run() -> None:
        if not default:
            st.set_page_config(page_title=f"{title} – {t('app.name')}")
        with state.explained():
            render()

    return st.Page(run, title=title, icon=icon, url_path=path, default=default)


def _with_assistant(page: Callable[[Assistant], None]) -> Callable[[], None]:
    """A page that needs the assistant, as Streamlit wants it: without arguments."""

    def run() -> None:
        with st.spinner(t("app.opening")):
            assistant = state.assistant()
        page(assistant)

    return run


main()
