from __future__ import annotations

import ipaddress
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.runtime.secrets import Secrets
from streamlit.testing.v1 import AppTest

from ui import access
from ui.access import Role, Visitor, WrongSettings, read_lists, role_of, visitor

ROOT = Path(__file__).resolve().parents[2]
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
    assert role_of(address, read_lists(LISTS)) == role


def test_without_lists_everyone_who_can_log_in_reads_and_nobody_more() -> None:
    assert role_of("vem@som.helst", read_lists({})) == Role.READER
    assert role_of("vem@som.helst", read_lists({"readers": []})) == Role.NOBODY
    assert role_of("vem@som.helst", read_lists({"reviewers": "*"})) == Role.REVIEWER


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ({"readers": ["@stad.se", "stad.se"]}, "readers .* ”stad.se”"),
        ({"administrators": "*@stad.se"}, "administrators .* ”\\*@stad.se”"),
        ({"reviewers": [7]}, "reviewers .* ”7”"),
        ({"readers": {"@stad.se": True}}, "Listan readers"),
        ({"reader": ["@stad.se"]}, "”reader”"),
        ("@stad.se", "ett avsnitt"),
    ],
)
def test_list_that_would_mean_something_else_is_named(section: object, said: str) -> None:
    with pytest.raises(WrongSettings, match=said):
        read_lists(section)


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


@pytest.fixture
def secrets_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where Streamlit looks for its secrets, read anew."""
    path = tmp_path / "secrets.toml"
    real = access.st.get_option
    answers = {"secrets.files": [str(path)]}
    monkeypatch.setattr(access.st, "get_option", lambda name: answers.get(name) or real(name))
    monkeypatch.setattr("streamlit.runtime.secrets.config.get_option", lambda name: answers.get(name) or real(name))
    monkeypatch.setattr(access.st, "secrets", Secrets())
    return path


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (b'[auth]\nclient_id = "x', "finns men kan inte läsas"),
        (b'[auth]\nclient_id = "\xe5"', "finns men kan inte läsas"),
        (b'[citygroup]\nadministrators = ["chef@stad.se"]', "men ingen inloggning"),
        (b'[auth]\nclient_id = "x"\n[citygroup]\nreader = ["@stad.se"]', "”reader”"),
    ],
)
def test_settings_that_cannot_be_used_let_nobody_in_and_say_why(
    secrets_file: Path, open_app: Callable[..., AppTest], written: bytes, said: str
) -> None:
    secrets_file.write_bytes(written)
    at = open_app()
    assert shown(at) == "Tjänsten är stängd" and said in at.error[0].value
    assert not at.button and not at.chat_input


def test_the_program_answers_its_own_machine_alone() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert ipaddress.ip_address(config["server"]["address"]).is_loopback


def test_without_a_file_of_settings_everything_is_open(secrets_file: Path) -> None:
    assert visitor() == Visitor(Role.ADMINISTRATOR)


@pytest.mark.parametrize("verified", [True, "true", "True"])
def test_address_that_the_provider_has_verified_counts(log_in: Callable[..., None], verified: object) -> None:
    log_in({"email": "chef@stad.se", "email_verified": verified})
    assert visitor().role == Role.ADMINISTRATOR


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
        {"email": "chef@stad.se", "email_verified": "false"},
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
