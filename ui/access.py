"""Who may do what. Without a login configured everything is open to whoever reaches the page.

With Streamlit's OIDC login ([auth] in .streamlit/secrets.toml) roles come from lists in the same file:

    [citygroup]
    readers = ["@stadskarnan.se"]            # a domain, or "*" for everyone who can log in
    reviewers = ["anna@stad.se"]             # an address; reviewers may read as well
    administrators = ["bo@stad.se"]          # administrators may do everything

A role without a list is nobody's, except that readers without a list are everyone who can log in. An address counts only
when the login provider says that it is verified, unless it says nothing of the matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from importlib.util import find_spec
from typing import Any

import streamlit as st

from ui.texts import t


class Role(IntEnum):
    """Each role may what the ones before it may."""

    NOBODY = 0
    READER = 1
    REVIEWER = 2
    ADMINISTRATOR = 3


LISTS = {Role.ADMINISTRATOR: "administrators", Role.REVIEWER: "reviewers", Role.READER: "readers"}


@dataclass(frozen=True)
class Visitor:
    """Who is there. `address` is None where no login is configured, or nobody has logged in."""

    role: Role
    login: bool = False  # a login is configured
    address: str | None = None

    def may(self, role: Role) -> bool:
        return self.role >= role


def role_of(address: str | None, lists: Mapping[str, Any]) -> Role:
    """The highest role whose list holds the address or its domain ("@stad.se"); "*" is everyone."""
    address = (address or "").strip().casefold()
    name, _, domain = address.rpartition("@")
    if not name or not domain:
        return Role.NOBODY
    for role, key in LISTS.items():
        entries = lists.get(key, ["*"] if role is Role.READER else [])
        if _holds([entries] if isinstance(entries, str) else entries, address):
            return role
    return Role.NOBODY


def visitor() -> Visitor:
    """The visitor of this run, from Streamlit's secrets and login."""
    if not _configured():
        return Visitor(Role.ADMINISTRATOR)
    user = st.user
    if not getattr(user, "is_logged_in", False):
        return Visitor(Role.NOBODY, login=True)
    claims = user.to_dict()
    address = claims.get("email")
    if not isinstance(address, str) or claims.get("email_verified") is False:
        return Visitor(Role.NOBODY, True, str(claims.get("name") or t("access.no_address")))
    return Visitor(role_of(address, _lists()), True, address)


def gate(who: Visitor) -> bool:
    """Whether the visitor may read; otherwise the login page, or the reason, is shown."""
    if who.may(Role.READER):
        return True
    with st.container(key="page"):
        if who.address is None:
            st.title(t("access.login_title"), anchor=False)
            st.write(t("access.login_text"))
            if _can_log_in():
                st.button(t("access.login"), on_click=st.login, type="primary", icon=":material/login:", key="login")
            else:
                st.error(t("access.login_missing"), icon=":material/error:")
        else:
            st.title(t("access.refused_title"), anchor=False)
            st.write(t("access.refused", name=who.address))
            st.button(t("access.logout"), on_click=st.logout, icon=":material/logout:", key="logout")
    return False


def _can_log_in() -> bool:
    """Streamlit's login needs a package that it does not bring itself."""
    return find_spec("authlib") is not None


def _holds(entries: Sequence[object], address: str) -> bool:
    domain = "@" + address.rpartition("@")[2]
    wanted = {str(entry).strip().casefold() for entry in entries}
    return address in wanted or domain in wanted or "*" in wanted


def _configured() -> bool:
    return "auth" in _secrets()


def _lists() -> Mapping[str, Any]:
    found = _secrets().get("citygroup", {})
    return found if isinstance(found, Mapping) else {}


def _secrets() -> Mapping[str, Any]:
    """The secrets; none where there is no file. Streamlit says on the page that there is none unless it is asked so."""
    if not st.secrets.load_if_toml_exists():
        return {}
    return st.secrets
