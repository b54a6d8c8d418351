"""A real login: the program, a provider on this machine, and the browser that is sent between them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.conftest import Site, copy_program, free_port, served
from tests.e2e.drive import PATIENCE, ask
from tests.ui.standins import TEXT

pytest.importorskip("authlib", reason="Streamlit's login needs the package Authlib")

from tests.e2e.oidc_provider import CLIENT, SECRET, Provider  # noqa: E402

pytestmark = pytest.mark.browser

SECRETS = """
[auth]
redirect_uri = "{url}/oauth2callback"
cookie_secret = "en-lang-slumpad-text-bara-for-provet-1234"
client_id = "{client}"
client_secret = "{secret}"
server_metadata_url = "{provider}/.well-known/openid-configuration"

[citygroup]
readers = ["@stad.se"]
reviewers = ["granskare@stad.se"]
administrators = ["chef@stad.se"]
"""


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    started = Provider()
    yield started
    started.close()


@pytest.fixture(scope="module")
def guarded(site: Site, provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a program with a login, over the same index."""
    folder = tmp_path_factory.mktemp("login")
    root, port = copy_program(folder / "program"), free_port()
    text = SECRETS.format(url=f"http://127.0.0.1:{port}", client=CLIENT, secret=SECRET, provider=provider.url)
    (root / ".streamlit" / "secrets.toml").write_text(text, encoding="utf-8")
    with served(root, site.environment, folder / "server.log", port) as url:
        yield url


@pytest.fixture
def visitor(browser: Any) -> Iterator[Any]:
    """A browser page without anyone else's cookies."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


def log_in(page: Any, url: str, provider: Provider, **claims: Any) -> None:
    provider.claims = claims
    page.goto(url)
    page.get_by_role("heading", name="Logga in för att fråga").wait_for()
    assert page.locator("textarea").count() == 0
    page.get_by_role("button", name="Logga in").click()


@pytest.mark.parametrize(
    ("address", "offered"),
    [
        ("vem@stad.se", ["Fråga", "Källor", "Om"]),
        ("granskare@stad.se", ["Fråga", "Källor", "Frågebank", "Om"]),
        ("chef@stad.se", ["Fråga", "Källor", "Frågebank", "Hantera rapporter", "Om"]),
    ],
)
def test_whoever_logs_in_gets_what_the_lists_say(
    guarded: str, provider: Provider, visitor: Any, address: str, offered: list[str]
) -> None:
    log_in(visitor, guarded, provider, email=address, email_verified=True, name="Någon")
    visitor.get_by_role("heading", name="Vad vill du veta?").wait_for()
    links = visitor.locator("[data-testid=stSidebarNavLink]")
    assert [label.split("\n")[-1] for label in links.all_inner_texts()] == offered
    ask(visitor, "presentkort")
    if "Hantera rapporter" not in offered:  # its address leads nowhere either
        visitor.goto(f"{guarded}/hantera")
        visitor.locator("h1").first.wait_for()
        assert visitor.get_by_role("heading", name="Hantera rapporter").count() == 0
    visitor.goto(f"{guarded}/om")
    visitor.get_by_text(f"Du är inloggad som {address}").wait_for()
    visitor.get_by_role("button", name="Logga ut").click()
    visitor.get_by_role("heading", name="Logga in för att fråga").wait_for()


@pytest.mark.parametrize("link", [f"?dokument={TEXT}", "kallor?vy=ort&ort=Arvika", f"kallor?vy=karta&dokument={TEXT}"])
def test_a_shared_link_leads_to_its_place_after_the_login(
    guarded: str, provider: Provider, visitor: Any, link: str
) -> None:
    log_in(visitor, f"{guarded}/{link}", provider, email="vem@stad.se", email_verified=True, name="Någon")
    if "dokument" in link:
        visitor.locator("#cg-source", has_text="Loppis på torget").wait_for()
    else:
        visitor.get_by_role("heading", name="Allt om Arvika").wait_for()
    assert visitor.url == f"{guarded}/{link}"
    visitor.goto(guarded)  # once only
    visitor.get_by_role("heading", name="Vad vill du veta?").wait_for()


def test_stranger_is_turned_away_after_the_login(guarded: str, provider: Provider, visitor: Any) -> None:
    log_in(visitor, f"{guarded}/kallor", provider, email="vem@annan.se", email_verified=True)
    visitor.get_by_role("heading", name="Du är inte behörig").wait_for()
    assert visitor.locator("[data-testid=stSidebarNavLink]").count() == 0


def test_address_that_the_provider_has_not_verified_counts_for_nothing(
    guarded: str, provider: Provider, visitor: Any
) -> None:
    log_in(visitor, guarded, provider, email="chef@stad.se", email_verified=False, name="Utger sig")
    visitor.get_by_role("heading", name="Du är inte behörig").wait_for()
