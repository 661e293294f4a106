"""The portals and calls of the marketplace in a real browser: login, payment by card, partners, video calls."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.promises.browsing import Scene, Visitor
from tests.promises.scenario import Scenario
from tests.promises.xometry.conftest import HOSTS
from zusage.deployments.sessions import check_value
from zusage_client.consent import ends

pytestmark = pytest.mark.browser
PORTAL, ADA, PARTNER = HOSTS[1], "ada@kundin.example", "dreherei@partner.example"
PASSWORD = "dreh-und-fraes"
STRIPE = {"__stripe_mid": "P1Y", "__stripe_sid": "PT30M", "m": "P2Y"}
GOOGLE = {"_ga", "_gid", "_gcl_au", "IDE", "ANID", "NID"}
CARD = "4242 4242 4242 4242"
TOLERANCE = timedelta(seconds=30)


def people(market: Scenario) -> None:
    """A customer with an order and a partner, once."""
    if market.count("portal", "customer", "id = 9001"):
        return
    check = check_value(PASSWORD)
    market.put("portal", "customer", id=9001, name="Ada", email=ADA, password_check=check)
    market.put("portal", "sales_order", id=90011, customer_id=9001, number="A-9", ordered_at="2022-06-01")
    market.put("portal", "partner", id=9001, name="Dreherei", email=PARTNER, password_check=check)


def logs_in(visitor: Visitor, path: str = "/konto", email: str = ADA) -> Visitor:
    """Types address and password."""
    people(visitor.scene.scenario)
    visitor.visit(path, PORTAL)
    if visitor.banner():
        visitor.reject()
    visitor.page.fill("[name=email]", email)
    visitor.page.fill("[name=password]", PASSWORD)
    visitor.page.locator("main button").press("Enter")
    visitor.page.wait_for_load_state("load")
    return visitor.idle()


def pays(visitor: Visitor) -> Visitor:
    """Opens the page for card payment and types a number."""
    visitor.visit("/konto/zahlung/90011/karte", PORTAL)
    visitor.page.fill("[name=number]", CARD)
    return visitor.idle()


def stripes(visitor: Visitor) -> set[str]:
    """Which of Stripe's items there are."""
    return visitor.names() & STRIPE.keys()


@pytest.mark.promise("xometry-227")
def test_payment_items_exist_on_card_payment_alone(site: Scene, someone: Visitor) -> None:
    logs_in(someone)
    for path in ("/konto", "/konto/auftraege", "/konto/zahlung/90011"):
        assert someone.visit(path, PORTAL).names() == {"sp_session"}
    assert someone.reached("stripe") == []
    assert pays(someone).names() == {"sp_session", *STRIPE}
    someone.page.evaluate("document.cookie = 'session=1; path=/'")
    assert someone.names() == {"sp_session", *STRIPE}
    assert site.reports("session cookie undeclared")


@pytest.mark.promise("xometry-228", "xometry-229", "xometry-230")
@pytest.mark.parametrize("name", STRIPE)
def test_a_payment_item_holds_no_card_and_ends_in_time(site: Scene, someone: Visitor, name: str) -> None:
    logs_in(someone)
    someone.visit("/konto/zahlung/90011", PORTAL)
    someone.page.locator("button[value=rechnung]").press("Enter")
    someone.page.get_by_text("per Post").wait_for()
    assert name not in someone.idle().names(), "who pays by invoice never gets it"
    cookie = pays(someone).cookies()[name]
    assert re.fullmatch("[0-9a-f]{16}", cookie.value), "a random id"
    assert "4242" not in cookie.value
    assert cookie.domain == ("m.stripe.com" if name == "m" else PORTAL)
    now = datetime.now(UTC)
    limit = ends(STRIPE[name], now)
    assert limit is not None
    assert cookie.ends is not None
    assert now < cookie.ends <= limit + TOLERANCE
    if name == "__stripe_sid":
        assert name in someone.later(minutes=29).cookies()
        assert name not in someone.later(minutes=2).cookies()


@pytest.mark.promise("xometry-258", "xometry-262")
def test_a_call_sets_nothing_that_waits_for_consent(site: Scene, someone: Visitor) -> None:
    def joins(visitor: Visitor) -> bool:
        visitor.visit("/gespraech/9f3a-71")
        if visitor.banner():
            visitor.reject()
        visitor.page.fill("[name=name]", "Ada")
        visitor.page.locator("main button").press("Enter")
        visitor.page.locator("#verbunden").wait_for()
        visitor.idle()
        return site.scenario.count("office", "video_call", "participant = 'Ada' AND left_at IS NULL") > 0

    assert joins(someone), "the call works"
    assert someone.names() == set()
    assert someone.asked() == []
    classes = {item.name: item.purpose for item in site.zusage.policy().items}
    assert all(classes[name] for name in GOOGLE), "each is classified as bound to consent"
    for name in (*GOOGLE, "unclassified"):
        someone.page.evaluate(f"document.cookie = '{name}=1; path=/; max-age=60'")
    assert someone.names() == set()
    assert site.reports("unclassified cookie undeclared")
    other = site.visitor().visit("/").accept_all()
    assert GOOGLE - {"NID"} <= other.names(), "agreed to elsewhere"
    choice = [one for one in other.context.cookies() if one["name"] == "zusage"]
    other.context.clear_cookies()
    other.context.add_cookies(choice)  # type: ignore[arg-type]
    other.page.close()
    other.page = other.context.new_page()
    other.forget()
    assert joins(other)
    assert not GOOGLE & other.names()
    assert other.asked() == []


@pytest.mark.promise("xometry-238")
def test_what_is_noted_as_necessary_needs_no_consent(site: Scene, someone: Visitor) -> None:
    assert stripes(pays(logs_in(someone))) == STRIPE.keys()
    noted = {item.name: item.purpose for item in site.zusage.policy().items if item.name in STRIPE}
    assert noted == dict.fromkeys(STRIPE)


@pytest.mark.promise("xometry-252")
def test_the_partner_portals_cookie_is_listed(site: Scene, someone: Visitor) -> None:
    logs_in(someone, "/partner", PARTNER)
    assert "Dreherei" in someone.page.content()
    assert someone.names() == {"sid"}
    assert not [one for one in site.reported() if one.startswith("sid ")]
    for name in ("_ga", "amplitude_id"):
        someone.page.evaluate(f"document.cookie = '{name}=1; path=/'")
    assert someone.names() == {"sid"}, "nothing of analysis"
