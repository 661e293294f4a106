"""The marketplace on a declaration that lists less: what is not listed, has no class or no note on its necessity is held
back and reported."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.promises.browsing import Scene, browsing
from tests.promises.scenario import Scenario
from tests.promises.xometry.conftest import HOSTS, START
from tests.promises.xometry.test_portal import PARTNER, STRIPE, logs_in, pays, stripes
from zusage.deployments.marketplace.app import create_app

pytestmark = pytest.mark.browser


def edited(text: str) -> str:
    """The declaration with less in it: no note on the necessity of two of Stripe's items, partners' login not listed,
    one of the experiment's items not listed."""
    made = text
    for name in ("partner", "optimizely-events"):
        made, count = re.subn(rf"\n    {name}: \{{name: [^\n]*", "", made, count=1)
        assert count == 1, name
    for name in ("stripe-mid", "stripe-m"):
        found = re.search(rf"\n    {name}: [^\n]*", made)
        assert found is not None
        made = made.replace(found[0], waiting(found[0]), 1)
    service = re.search(r"\n    stripe: \{recipient: stripe[^\n]*", made)
    assert service is not None
    radar = "\n    stripe-radar: {recipient: stripe, kind: script, hosts: [m.stripe.com], consent: payment-protection}"
    made = made.replace(
        service[0], service[0].replace("[js.stripe.com, m.stripe.com]", "[js.stripe.com]") + radar, 1
    )
    purpose = (
        "\n  payment-protection: {title: {de: Betrugsschutz, en: fraud protection}, text: {de: Stripe erkennt Ihren Browser bei"
        " vielen Händlern wieder., en: Stripe recognises your browser at many shops.}, category: functional}"
    )
    return made.replace("\nconsents:", f"\nconsents:{purpose}", 1)


def waiting(item: str) -> str:
    """An item that is not noted as necessary: it waits for consent."""
    return re.sub(r"necessary: true, legal_basis: [^,}]*", "consent: payment-protection", item)


@pytest.fixture(scope="module")
def less(templates: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """The same deployment on a declaration that lists less."""
    folder = tmp_path_factory.mktemp("less") / "marketplace"
    shutil.copytree(templates("marketplace"), folder)
    path = folder / "declaration.yaml"
    path.write_text(edited(path.read_text(encoding="utf-8")), encoding="utf-8")
    with browsing(Scenario("marketplace", folder), create_app, HOSTS, now=START) as scene:
        yield scene


@pytest.mark.promise("xometry-238")
def test_what_protects_across_merchants_waits_without_a_note(less: Scene) -> None:
    visitor = less.visitor()
    assert stripes(pays(logs_in(visitor))) == {"__stripe_sid"}
    assert not [one for one in visitor.asked() if one.host == "m.stripe.com"]
    visitor.choose("payment-protection")
    assert stripes(pays(visitor)) == STRIPE.keys()


@pytest.mark.promise("xometry-252")
def test_a_login_that_is_not_listed_fails_the_check(less: Scene) -> None:
    visitor = less.visitor()
    logs_in(visitor, "/partner", PARTNER)
    assert "sid" not in visitor.names()
    assert less.reports("sid cookie undeclared")
    assert less.scenario.zusage(less.now(), "status").code == 1, "the check fails"


@pytest.mark.promise("xometry-200")
def test_an_item_that_is_not_listed_is_reported(less: Scene) -> None:
    less.stand_ins.wrong.extra["optimizely"] = [("local-storage", "optimizely_data$$events")]
    visitor = less.visitor().visit("/termin").choose("booking-analysis").visit("/termin")
    assert "optimizely_data$$event_queue" in visitor.names()
    assert "optimizely_data$$events" not in visitor.names()
    assert less.reports("optimizely_data$$events local-storage undeclared")
