"""From the declaration to the banner."""

from __future__ import annotations

from datetime import date

from zusage.declaration import Declaration
from zusage.declaration.browser import ConsentPurpose, EmbeddedService, StorageItem
from zusage.declaration.parties import Recipient, Transfer
from zusage.keepers.consent.banner.spec import EEA, BannerSpec, Item, Purpose, Service, Vendor
from zusage.keepers.consent.lasting import COOKIE, keeping, lifetime
from zusage.keepers.consent.wording import say
from zusage.law.adequacy import adequate
from zusage.text import LANGUAGES, Text

_COVERED = {"adequacy", "dpf", "scc", "bcr", "code-of-conduct", "certification"}


def spec_from(
    declaration: Declaration,
    *,
    base: str = "",
    notice: str = "/notice",
    imprint: str = "",
    watch: bool = False,
    on: date | None = None,
) -> BannerSpec:
    """The banner of a declaration: the purposes asked for in the banner, with their items, services and vendors.

    `base` prefixes the paths of the service where it does not stand at the site's root; `notice` and `imprint` are paths
    of the site (the declaration's own `imprint` is taken where none is given). `on` is the day whose law decides which
    countries have no adequacy decision; without it the declared safeguards do. Nothing here reads a clock or a file.
    """
    asked = {id: purpose for id, purpose in declaration.consents.items() if purpose.asked == "banner"}
    browser = declaration.browser
    items = tuple(_item(id, item) for id, item in browser.items.items())
    services = tuple(_service(id, service) for id, service in browser.services.items())
    parts: tuple[Item | Service, ...] = (*items, *services)
    named = {part.vendor for part in parts if part.vendor}
    vendors = {
        id: _vendor(id, recipient, on) for id, recipient in declaration.recipients.items() if id in named
    }
    own = keeping(declaration)
    keep = lifetime(declaration)
    return BannerSpec(
        controller=declaration.controller.name,
        version=declaration.version or declaration.as_of.isoformat(),
        languages=declaration.languages,
        purposes=tuple(_purpose(declaration, id, purpose) for id, purpose in asked.items()),
        vendors=vendors,
        items=items if own or not asked else (_own_item(keep), *items),
        services=services,
        address=declaration.address,
        cookie=own.name if own else COOKIE,
        keep=keep,
        base=base.rstrip("/"),
        notice=notice,
        imprint=imprint or browser.imprint or "",
        origins=browser.origins,
        shared_domains=browser.shared_domains,
        watch=watch,
        guard=browser.guard and bool(asked),
        # by name: none of them is preferred (§ 20 EinwV)
        consent_services=tuple(
            sorted((one.name, one.page or "") for one in browser.consent_services.values())
        ),
    )


def _item(id: str, one: StorageItem) -> Item:
    keep, provider = str(one.keep), one.provider or ""
    return Item(id, one.name, one.kind, one.purpose, keep, provider, one.consent or "", one.domains)


def _service(id: str, one: EmbeddedService) -> Service:
    consent = one.consent or ""
    return Service(id, one.recipient, one.kind, one.hosts, consent, one.text, one.objection)


def _purpose(declaration: Declaration, id: str, purpose: ConsentPurpose) -> Purpose:
    """Where there is a minimum age, the words agreed to say that the person has it: a browser knows nobody's age."""
    text = purpose.text
    if purpose.minimum_age is not None:
        age = str(purpose.minimum_age)
        said = {one: f"{text.says(one)} {say(declaration, one, 'from-age', age=age)}" for one in LANGUAGES}
        text = Text(said["de"], said["en"])
    return Purpose(id, purpose.title, text, purpose.category, purpose.signals)


def _own_item(keep: str) -> Item:
    text = Text(
        de="Speichert die Antworten auf die Frage nach der Einwilligung. Eine Ablehnung enthält keine Kennung.",
        en="Keeps the answers to the question for consent. A refusal holds no identifier.",
    )
    return Item("zusage-choice", COOKIE, "cookie", text, keep)


def _vendor(id: str, recipient: Recipient, on: date | None) -> Vendor:
    countries = [recipient.country] if recipient.country else []
    countries += [transfer.country for transfer in recipient.transfers]
    risky = [transfer.country for transfer in recipient.transfers if _risky(transfer)]
    return Vendor(
        id,
        recipient.name,
        tuple(dict.fromkeys(countries)),
        tuple(dict.fromkeys(risky)),
        recipient.policy or "",
        tuple(dict.fromkeys(one.country for one in recipient.transfers if _unprotected(one, on))),
        recipient.own_purposes,
        recipient.passes_to,
        recipient.infers,
        recipient.profiling,
    )


def _unprotected(transfer: Transfer, on: date | None) -> bool:
    """Whether no adequacy decision of the day covers the transfer; clauses may, but the country is still not adequate."""
    if transfer.country in EEA:
        return False
    by_decision = bool({"adequacy", "dpf"} & set(transfer.safeguards))
    if on is None or not by_decision:
        return not by_decision
    held = adequate(transfer.country, on, transfer.certified)
    return not (held.decision and held.decision.holds(on) and held.answer != "no")


def _risky(transfer: Transfer) -> bool:
    """A third country with nothing but consent (Art. 49(1)(a)), or nothing at all, behind the transfer."""
    return transfer.country not in EEA and not _COVERED & set(transfer.safeguards)
