"""Customers get what concerns them, encrypted; recipients hear of erasures; each with a receipt."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pyrage
import pytest

from tests.keepers.rights.conftest import Shop
from zusage.keepers.retention.holding import lift, place
from zusage.keepers.rights.keeper import RightsKeeper
from zusage.keepers.rights.lifecycle import Decision, decide
from zusage.keepers.rights.passing import NotPassedOn, acknowledge, assign_customer, receipt_token
from zusage.registers.holds import Hold
from zusage.registers.notifications import notifications
from zusage.registers.requests import Kind, State
from zusage.working import tick_workspace
from zusage_client.webhooks import Forged, Webhooks

ADA = "ada@mail.example"


def parties(shop: Shop, alpha_key: str | None, more: str = "") -> None:
    """Two customers, of which Alpha may have a key."""
    key = f", key: {alpha_key}" if alpha_key else ""
    (shop.workspace.folder / "parties.yaml").write_text(
        f"""customers:
  alpha: {{name: Alpha GmbH, notice: "https://alpha.example/datenschutz", email: privacy@alpha.example{key}}}
  beta: {{name: Beta GmbH, notice: "https://beta.example/datenschutz", email: privacy@beta.example}}
{more}"""
    )


def test_data_of_a_customer_go_to_exactly_that_customer_encrypted(shop: Shop) -> None:
    secret = pyrage.x25519.Identity.generate()
    parties(shop, str(secret.to_public()))
    shop.do(
        "INSERT INTO chat VALUES (1, 'alpha', 'eva@mail.example', 'Hallo'), (2, 'beta', 'uwe@mail.example', 'Hi')"
    )
    request = shop.confirmed(Kind.ERASURE, "eva@mail.example")
    if shop.get(request).state is State.AWAITING_DECISION:
        decide(shop.workspace.context, request.id, Decision("grant"), "Dora", shop.now)
    shop.work()

    assert shop.count("chat") == 2, "a processor does not answer from the customer's data"
    assert shop.mails("privacy@beta.example") == []
    mail = shop.mails("privacy@alpha.example")[0]
    assert b"eva@mail.example" not in mail.as_bytes()
    sent = next(part for part in mail.iter_attachments()).get_content()
    content = json.loads(pyrage.decrypt(sent, [secret]))
    assert content["identity"] == {"kind": "email", "value": "eva@mail.example"}
    told = shop.letter("eva@mail.example", "Weitergeleitet")
    assert "Alpha GmbH" in told
    assert "https://alpha.example/datenschutz" in told
    assert "beta" not in told.lower()
    with shop.workspace.state.connect() as connection:
        one = notifications(connection, request=request.id, role="customer")[0]
    assert (one.party, one.state, one.receipt_at) == ("alpha", "in-progress", None)
    context = shop.workspace.context
    assert acknowledge(context, receipt_token(context, one), shop.now)
    assert not acknowledge(context, "forged", shop.now)
    with shop.workspace.state.connect() as connection:
        assert notifications(connection, request=request.id, role="customer")[0].receipt_at == shop.now


def test_without_a_key_nothing_leaves_and_the_officer_hears_of_it(shop: Shop) -> None:
    parties(shop, None)
    shop.do("INSERT INTO chat VALUES (1, 'alpha', 'eva@mail.example', 'Hallo')")
    request = shop.confirmed(Kind.ACCESS, "eva@mail.example")
    shop.work()
    assert shop.mails("privacy@alpha.example") == []
    assert any("Schlüssel" in str(mail["Subject"]) for mail in shop.mails("dpo@kiesel.example"))
    context, keeper = shop.workspace.context, RightsKeeper()
    promise = next(one for one in keeper.promises(context.declaration) if one.id == "rights/pass-on")
    assert keeper.prove(context, promise, shop.now).state == "due"
    shop.work(timedelta(days=7))
    assert keeper.prove(context, promise, shop.now).state == "broken"
    secret = pyrage.x25519.Identity.generate()
    parties(shop, str(secret.to_public()))
    shop.work(timedelta(days=1))
    shop.work()
    assert len(shop.mails("privacy@alpha.example")) == 1
    assert request.id


def test_a_person_may_find_the_customer(shop: Shop) -> None:
    secret = pyrage.x25519.Identity.generate()
    parties(shop, str(secret.to_public()))
    request = shop.confirmed(Kind.QUESTION, details={"text": "Wessen Anzeige war das?"})
    with pytest.raises(NotPassedOn):
        assign_customer(shop.workspace.context, request.id, "gamma", "Dora", shop.now)
    assign_customer(shop.workspace.context, request.id, "alpha", "Dora", shop.now)
    shop.work()
    assert len(shop.mails("privacy@alpha.example")) == 1
    assert shop.mails("privacy@beta.example") == []


class Hook:
    """A recipient's endpoint that fails as often as told."""

    def __init__(self, failures: int) -> None:
        self.seen: list[tuple[dict[str, str], bytes]] = []
        self.failures = failures


@pytest.fixture
def hook() -> Iterator[tuple[Hook, str]]:
    """The endpoint and its address."""
    kept = Hook(1)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            kept.seen.append(({key.lower(): value for key, value in self.headers.items()}, body))
            self.send_response(503 if len(kept.seen) <= kept.failures else 202)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield kept, f"http://127.0.0.1:{server.server_address[1]}/privacy"
    server.shutdown()
    thread.join()


def test_recipients_hear_of_an_erasure(
    shop: Shop, hook: tuple[Hook, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, url = hook
    monkeypatch.setenv("HOOK_SECRET", "s3cret")
    parties(shop, None, f'recipients:\n  mailer: {{webhook: "{url}", secret: "env:HOOK_SECRET"}}\n')
    request = shop.confirmed(Kind.ERASURE)
    decide(shop.workspace.context, request.id, Decision("grant"), "Dora", shop.now)
    for _ in range(4):
        tick_workspace(shop.workspace, shop.now, "test", limit=1000)
        shop.now += timedelta(minutes=10)

    assert len(kept.seen) == 2, "the first was refused, the second taken"
    assert kept.seen[0][0]["idempotency-key"] == kept.seen[1][0]["idempotency-key"]
    headers, body = kept.seen[1]
    sent = [datetime.fromtimestamp(int(one[0]["zusage-signature"][2:12]), UTC) for one in kept.seen]
    webhooks = Webhooks("s3cret")
    told = [webhooks.read(*one, at) for one, at in zip(kept.seen, sent, strict=True)]
    assert told[1].content["subject_request_type"] == "erasure"
    assert [one.again for one in told] == [False, True], "the receiver knows it for the same act"
    with pytest.raises(Forged):
        Webhooks("another").read(headers, body, sent[1])
    with shop.workspace.state.connect() as connection:
        states = {one.party: one.state for one in notifications(connection, request=request.id)}
    assert states["mailer"] == "completed"
    assert states["printer"] == "task"
    assert "parcel" not in states, "the invoice was kept, so nothing to tell the parcel service"
    assert any("Druckhaus" in str(mail["Subject"]) for mail in shop.mails("dpo@kiesel.example"))
    assert "Mailer Inc." in shop.letter(ADA, "Antwort")


def test_a_hold_keeps_and_what_it_kept_goes_afterwards(shop: Shop) -> None:
    context = shop.workspace.context
    by = context.keys.pseudonym("actors", "Dora")
    wanted = Hold(
        "h1",
        "legal-claim",
        "gdpr:17(3)(e)",
        "claim 1",
        "subject",
        shop.now,
        by,
        identity_kind="email",
        identity=ADA,
    )
    place(context, wanted, shop.now)
    request = shop.confirmed(Kind.ERASURE)
    decide(context, request.id, Decision("grant"), "Dora", shop.now)
    shop.work()
    assert shop.count("customer", "id = 1") == 1
    assert shop.outcomes(request)["customer"]["result"] == "held"
    lift(context, "h1", by, shop.now)
    shop.work(timedelta(days=2))
    assert shop.count("customer", "id = 1") == 0
