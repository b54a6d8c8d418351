"""Who may do what. Without settings everything is open to whoever reaches the page.

With Streamlit's OIDC login ([auth] in .streamlit/secrets.toml) roles come from lists in the same file:

    [citygroup]
    readers = ["@stadskarnan.se"]            # a domain, or "*" for everyone who can log in
    reviewers = ["anna@stad.se"]             # an address; reviewers may read as well
    administrators = ["bo@stad.se"]          # administrators may do everything

A role without a list is nobody's, except that readers without a list are everyone who can log in. An address counts only
when the login provider says that it is verified, unless it says nothing of the matter. Settings that cannot be read, or
that say something else than was meant, let nobody in and say why: a mistake must never open a door.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import streamlit as st

from ui.state import plain
from ui.texts import t

logger = logging.getLogger(__name__)


class Role(IntEnum):
    """Each role may what the ones before it may."""

    NOBODY = 0
    READER = 1
    REVIEWER = 2
    ADMINISTRATOR = 3


Lists = Mapping[Role, frozenset[str]]
"""Addresses ("anna@stad.se"), domains ("@stad.se") and "*" by role; a role that is missing is nobody's."""

LISTS = {Role.ADMINISTRATOR: "administrators", Role.REVIEWER: "reviewers", Role.READER: "readers"}
_ENTRY = re.compile(r"\*|[^@\s*]*@[^@\s*]+")


class WrongSettings(Exception):
    """The settings of the login cannot be used; the message is Swedish."""


@dataclass(frozen=True)
class Visitor:
    """Who is there. `address` is None where no login is configured, or nobody has logged in.

    `problem` says why nobody may do anything.
    """

    role: Role
    login: bool = False  # a login is configured
    address: str | None = None
    problem: str | None = None

    def may(self, role: Role) -> bool:
        return self.role >= role


def role_of(address: str | None, lists: Lists) -> Role:
    """The highest role whose list holds the address or its domain; "*" is everyone."""
    address = (address or "").strip().casefold()
    name, _, domain = address.rpartition("@")
    if not name or not domain:
        return Role.NOBODY
    wanted = {address, f"@{domain}", "*"}
    return next((role for role in LISTS if wanted & lists.get(role, frozenset())), Role.NOBODY)


def read_lists(section: object) -> Lists:
    """The lists of the section [citygroup]. Raises WrongSettings naming what would match nobody or is unknown."""
    if not isinstance(section, Mapping):
        raise WrongSettings(t("access.bad_section"))
    if unknown := sorted(set(section) - set(LISTS.values())):
        raise WrongSettings(t("access.unknown_list", name=unknown[0], names=", ".join(sorted(LISTS.values()))))
    lists = {role: _entries(key, section[key]) for role, key in LISTS.items() if key in section}
    return {Role.READER: frozenset("*"), **lists}


def visitor() -> Visitor:
    """The visitor of this run, from Streamlit's secrets and login."""
    try:
        secrets = _secrets()
        lists = read_lists(secrets.get("citygroup", {}))
        if "auth" not in secrets and "citygroup" in secrets:
            raise WrongSettings(t("access.no_login"))
    except WrongSettings as error:
        logger.error("nobody is let in: %s", error)
        return Visitor(Role.NOBODY, problem=str(error))
    if "auth" not in secrets:
        return Visitor(Role.ADMINISTRATOR)
    user = st.user
    if not getattr(user, "is_logged_in", False):
        return Visitor(Role.NOBODY, login=True)
    claims = user.to_dict()
    address = claims.get("email")
    verified = str(claims.get("email_verified", True)).casefold() == "true"  # some providers send text
    if not isinstance(address, str) or not verified:
        return Visitor(Role.NOBODY, True, str(claims.get("name") or t("access.no_address")))
    return Visitor(role_of(address, lists), True, address)


def gate(who: Visitor) -> bool:
    """Whether the visitor may read; otherwise the login page, or the reason, is shown."""
    if who.may(Role.READER):
        return True
    with st.container(key="page"):
        if who.problem is not None:
            st.title(t("access.closed_title"), anchor=False)
            st.error(plain(t("access.closed", problem=who.problem)), icon=":material/lock:")
        elif who.address is None:
            st.title(t("access.login_title"), anchor=False)
            st.write(t("access.login_text"))
            if _can_log_in():
                st.button(t("access.login"), on_click=st.login, type="primary", icon=":material/login:", key="login")
            else:
                st.error(t("access.login_missing"), icon=":material/error:")
        else:
            st.title(t("access.refused_title"), anchor=False)
            st.write(t("access.refused", name=plain(who.address)))
            st.button(t("access.logout"), on_click=st.logout, icon=":material/logout:", key="logout")
    return False


def _can_log_in() -> bool:
    """Streamlit's login needs a package that it does not bring itself."""
    return find_spec("authlib") is not None


def _entries(key: str, entries: object) -> frozenset[str]:
    """One list as it is compared; a single entry may stand without brackets."""
    listed = [entries] if isinstance(entries, str) else entries
    if not isinstance(listed, list | tuple):
        raise WrongSettings(t("access.bad_list", name=key))
    for entry in listed:
        if not isinstance(entry, str) or not _ENTRY.fullmatch(entry.strip()):
            raise WrongSettings(t("access.bad_entry", name=key, entry=entry))
    return frozenset(entry.strip().casefold() for entry in listed)


def _secrets() -> Mapping[str, Any]:
    """The secrets; none where there is no file. Raises WrongSettings where there is one that cannot be loaded.

    Streamlit answers alike for a file that is missing and for one that it cannot parse.
    """
    try:
        if st.secrets.load_if_toml_exists():
            return st.secrets
    except (OSError, ValueError) as error:  # no right to read it, or not UTF-8
        raise WrongSettings(t("access.unreadable")) from error
    if any(Path(name).exists() for name in st.get_option("secrets.files")):
        raise WrongSettings(t("access.unreadable"))
    return {}
