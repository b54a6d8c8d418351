from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from ui import access
from ui.access import Role, Visitor, role_of

LISTS = {
    "readers": ["@stad.se", "gäst@annan.se"],
    "reviewers": ["Granskare@stad.se"],
    "administrators": ["chef@stad.se", "@drift.se"],
}


@pytest.mark.parametrize(
    ("address", "role"),
    [
        ("chef@stad.se", Role.ADMINISTRATOR),
        (" CHEF@Stad.se ", Role.ADMINISTRATOR),
        ("jour@drift.se", Role.ADMINISTRATOR),
        ("granskare@stad.se", Role.REVIEWER),
        ("vem@stad.se", Role.READER),
        ("gäst@annan.se", Role.READER),
        ("vem@annan.se", Role.NOBODY),
        ("vem@under.stad.se", Role.NOBODY),
        ("vem@ond-stad.se", Role.NOBODY),
        ("stad.se", Role.NOBODY),
        ("", Role.NOBODY),
        (None, Role.NOBODY),
    ],
)
def test_role_comes_from_the_lists(address: str | None, role: Role) -> None:
    assert role_of(address, LISTS) == role


def test_without_lists_everyone_who_can_log_in_reads_and_nobody_more() -> None:
    assert role_of("vem@som.helst", {}) == Role.READER
    assert role_of("vem@som.helst", {"readers": []}) == Role.NOBODY
    assert role_of("vem@som.helst", {"reviewers": "*"}) == Role.REVIEWER


def test_higher_roles_may_what_lower_ones_may() -> None:
    reviewer = Visitor(Role.REVIEWER, True, "a@b.se")
    assert reviewer.may(Role.READER) and reviewer.may(Role.REVIEWER) and not reviewer.may(Role.ADMINISTRATOR)


@pytest.fixture
def log_in(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Configures a login and who is logged in."""

    def start(claims: dict[str, Any] | None, lists: dict[str, Any] | None = None) -> None:
        secrets = {"auth": {"client_id": "x"}, "citygroup": LISTS if lists is None else lists}
        user = SimpleNamespace(is_logged_in=claims is not None, to_dict=lambda: claims or {})
        monkeypatch.setattr(access, "_secrets", lambda: secrets)
        monkeypatch.setattr(access, "_can_log_in", lambda: True)
        monkeypatch.setattr(access.st, "user", user, raising=False)

    return start


def shown(at: AppTest) -> str:
    return " ".join(title.value for title in at.title)


def can_open(open_app: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The pages that the navigation offers."""
    offered: list[str] = []
    import streamlit as st

    real = st.navigation

    def navigation(pages: list[Any], **options: Any) -> Any:
        offered.extend(page.title for page in pages)
        return real(pages, **options)

    monkeypatch.setattr(st, "navigation", navigation)
    at = open_app()
    assert not at.exception
    return set(offered)


def test_without_a_login_everything_is_open(open_app: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch) -> None:
    assert can_open(open_app, monkeypatch) == {"Fråga", "Källor", "Frågebank", "Hantera rapporter", "Om"}


@pytest.mark.parametrize(
    ("address", "pages"),
    [
        ("vem@stad.se", {"Fråga", "Källor", "Om"}),
        ("granskare@stad.se", {"Fråga", "Källor", "Frågebank", "Om"}),
        ("chef@stad.se", {"Fråga", "Källor", "Frågebank", "Hantera rapporter", "Om"}),
    ],
)
def test_each_role_is_offered_its_pages(
    log_in: Callable[..., None],
    open_app: Callable[..., AppTest],
    monkeypatch: pytest.MonkeyPatch,
    address: str,
    pages: set[str],
) -> None:
    log_in({"email": address, "email_verified": True})
    assert can_open(open_app, monkeypatch) == pages


def test_nobody_logged_in_sees_only_the_login(log_in: Callable[..., None], open_app: Callable[..., AppTest]) -> None:
    log_in(None)
    at = open_app(dokument="traff-2022-03.pdf", sida="3")
    assert shown(at) == "Logga in för att fråga"
    assert [b.label for b in at.button] == ["Logga in"] and not at.chat_input


def test_login_that_lacks_its_package_says_so_and_lets_nobody_in(
    log_in: Callable[..., None], open_app: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    log_in(None)
    monkeypatch.setattr(access, "_can_log_in", lambda: False)
    at = open_app()
    assert "Authlib saknas" in at.error[0].value and not at.button and not at.chat_input


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "vem@annan.se"},
        {"email": "chef@stad.se", "email_verified": False},
        {"name": "Utan adress"},
        {"email": ["chef@stad.se"]},
    ],
)
def test_stranger_is_told_so_and_sees_nothing(
    log_in: Callable[..., None], open_app: Callable[..., AppTest], claims: dict[str, Any]
) -> None:
    log_in(claims)
    at = open_app()
    assert shown(at) == "Du är inte behörig" and not at.chat_input
    assert [b.label for b in at.button] == ["Logga ut"]
