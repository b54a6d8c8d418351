"""A shared link that is opened logged out leads to its place after the login, which itself always ends on the first page.

The browser's tab remembers the address of the login page; nothing is sent anywhere, and only an address of this program's
own can be remembered.
"""

from __future__ import annotations

import streamlit as st

_JS = """
export default function ({ data }) {
  const here = location.href.split("#")[0];
  if (data.waiting) {
    sessionStorage.setItem("cgReturn", here);
    return;
  }
  const there = sessionStorage.getItem("cgReturn");
  sessionStorage.removeItem("cgReturn");
  if (there && there !== here && there.startsWith(here)) location.replace(there);
}
"""


def after_login(waiting: bool) -> None:
    """Mount the script, once per run: `waiting` on the login page, not so for who is logged in."""
    component = st.components.v2.component("citygroup_returning", js=_JS)
    component(key="returning", data={"waiting": waiting}, height=1)
