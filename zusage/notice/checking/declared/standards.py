"""What a controller holds itself to beyond every notice's duties (`standards` of the declaration): each is checked here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from zusage.declaration import Activity, Declaration
from zusage.declaration.activities import LegalBasis
from zusage.declaration.model import Standard
from zusage.declaration.strict_yaml import KeyPath
from zusage.law.adequacy import eea
from zusage.law.citations import LEGITIMATE_INTEREST, Citation
from zusage.lexicon import company_named, is_content_only
from zusage.notice.checking.declared.issues import Issue
from zusage.text import Text

_CONTRACT = Citation.parse_id("gdpr:6(1)(b)")


def check(declaration: Declaration, on: date) -> Iterator[Issue]:
    """What the controller's own standards ask for and the declaration does not give."""
    for name in declaration.standards:
        yield from _CHECKS[name](declaration)


def _activities(declaration: Declaration) -> Iterator[tuple[KeyPath, Activity]]:
    for name, activity in declaration.activities.items():
        yield ("activities", name), activity


def _balancing(declaration: Declaration) -> Iterator[Issue]:
    for where, activity in _activities(declaration):
        for position, purpose in enumerate(activity.purposes):
            for number, basis in enumerate(purpose.legal_bases):
                if basis.citation == LEGITIMATE_INTEREST and not _balanced(basis):
                    yield Issue(
                        "balancing",
                        (*where, "purposes", position, "legal_bases", number),
                        Text(
                            f"„{purpose.text.says('de')}“ stützt sich auf ein berechtigtes Interesse ohne datierte Abwägung.",
                            f"“{purpose.text.says('en')}” rests on a legitimate interest without a dated balancing.",
                        ),
                        "gdpr:6(1)(f)",
                        Text("balanced und balancing ergänzen", "add balanced and balancing"),
                    )


def _balanced(basis: LegalBasis) -> bool:
    return basis.balanced is not None and basis.balancing is not None


def _recipients_stated(declaration: Declaration) -> Iterator[Issue]:
    for where, activity in _activities(declaration):
        if not (activity.recipients or activity.services or activity.no_recipients):
            yield Issue(
                "recipients",
                where,
                Text(
                    f"„{activity.title.says('de')}“ nennt keine Empfänger und sagt nicht, dass es keine gibt.",
                    f"“{activity.title.says('en')}” names no recipients and does not say that there are none.",
                ),
                "gdpr:13(1)(e)",
                Text("recipients oder no_recipients: true", "recipients or no_recipients: true"),
            )


def _profiling_stated(declaration: Declaration) -> Iterator[Issue]:
    for where, activity in _activities(declaration):
        if activity.profiling is None:
            yield Issue(
                "profiling",
                where,
                Text(
                    f"„{activity.title.says('de')}“ sagt nicht, ob Profiling oder automatisierte Entscheidungen stattfinden.",
                    f"“{activity.title.says('en')}” does not say whether there is profiling or automated decision-making.",
                ),
                "gdpr:13(2)(f)",
                Text("profiling ergänzen", "add profiling"),
            )


def _consequences(declaration: Declaration) -> Iterator[Issue]:
    for where, activity in _activities(declaration):
        provided = any(category.origin in ("provided", "observed") for category in activity.data)
        if provided and (activity.provision is None or activity.provision.consequence is None):
            yield Issue(
                "consequence-unstated",
                (*where, "provision"),
                Text(
                    f"„{activity.title.says('de')}“ sagt nicht, was ohne die Daten geschieht.",
                    f"“{activity.title.says('en')}” does not say what follows without the data.",
                ),
                "gdpr:13(2)(e)",
                Text("provision.consequence ergänzen", "add provision.consequence"),
            )


def _service_links(key: str) -> Callable[[Declaration], Iterator[Issue]]:
    """Each embedded service's provider has a link: its privacy information, or its list of what is collected."""

    def check(declaration: Declaration) -> Iterator[Issue]:
        wanted = {
            one.recipient
            for one in declaration.browser.services.values()
            if key == "policy" or (one.consent and declaration.consents[one.consent].category == "statistics")
        }
        for name in declaration.recipients:
            if name in wanted and getattr(declaration.recipients[name], key) is None:
                yield _link_missing(declaration, name, key)

    return check


def _link_missing(declaration: Declaration, name: str, key: str) -> Issue:
    one = declaration.recipients[name]
    called = f"{one.name} ({', '.join(one.services)})" if one.services else one.name
    return Issue(
        f"{key.replace('_', '-')}-link",
        ("recipients", name),
        Text(f"Zu {called} fehlt der Verweis '{key}'.", f"The link '{key}' of {called} is missing."),
        "gdpr:12(1)",
        Text(f"{key} ergänzen", f"add {key}"),
    )


def _opt_out_links(declaration: Declaration) -> Iterator[Issue]:
    for name in dict.fromkeys(one.recipient for one in declaration.browser.presences.values()):
        for key in ("policy", "opt_out"):
            if getattr(declaration.recipients[name], key) is None:
                yield _link_missing(declaration, name, key)


def _copies(declaration: Declaration) -> Iterator[Issue]:
    for name, one in declaration.recipients.items():
        for position, transfer in enumerate(one.transfers):
            if "scc" in transfer.safeguards and not (transfer.copy_link and transfer.clauses):
                yield Issue(
                    "copy",
                    ("recipients", name, "transfers", position),
                    Text(
                        f"Zu {one.name} fehlen die vereinbarten Klauseln oder der Verweis auf eine Kopie.",
                        f"The clauses agreed with {one.name}, or the link to a copy, are missing.",
                    ),
                    "gdpr:13(1)(f)",
                    Text("clauses und copy_link ergänzen", "add clauses and copy_link"),
                )


def _supplementary(declaration: Declaration) -> Iterator[Issue]:
    for where, activity in _activities(declaration):
        cited = [declaration.measures[one] for one in activity.measures]
        filed = {one.recipient for one in cited if one.citation and one.citation.section == "46"}
        for name in dict.fromkeys([use.to for use in activity.recipients] + list(activity.services)):
            one = declaration.recipients[name]
            if name not in filed and any("scc" in transfer.safeguards for transfer in one.transfers):
                yield Issue(
                    "supplementary-measure",
                    (*where, "measures"),
                    Text(
                        f"„{activity.title.says('de')}“: Für {one.name} ist keine zusätzliche Maßnahme abgelegt.",
                        f"“{activity.title.says('en')}”: no supplementary measure is filed for {one.name}.",
                    ),
                    "gdpr:46(1)",
                )


def _need(declaration: Declaration) -> Iterator[Issue]:
    for where, activity in _activities(declaration):
        bases = {basis.citation for purpose in activity.purposes for basis in purpose.legal_bases}
        for position, category in enumerate(activity.data):
            said = category.required or category.need or category.legal_basis or category.origin != "provided"
            if bases == {_CONTRACT} and not said:
                yield Issue(
                    "need",
                    (*where, "data", position),
                    Text(
                        f"Wozu braucht der Vertrag „{category.text.says('de')}“?",
                        f"What does the contract need “{category.text.says('en')}” for?",
                    ),
                    "gdpr:5(1)(c)",
                    Text(
                        "need, required oder eine eigene legal_basis",
                        "need, required or a legal_basis of its own",
                    ),
                )


def _objection(declaration: Declaration) -> Iterator[Issue]:
    for name, service in declaration.browser.services.items():
        if service.objection is None:
            called = declaration.recipients[service.recipient].name
            yield Issue(
                "service-objection",
                ("browser", "services", name),
                Text(
                    f"Zum Dienst '{name}' ({called}) fehlt, ob und wie man widersprechen oder widerrufen kann.",
                    f"The service '{name}' ({called}) does not say whether and how one can object or withdraw.",
                ),
                "gdpr:21(4)",
                Text("objection ergänzen", "add objection"),
            )


def _clear_purposes(declaration: Declaration) -> Iterator[Issue]:
    for name, item in declaration.browser.items.items():
        if any(is_content_only(said) for said in {item.purpose.de, item.purpose.en} if said):
            yield Issue(
                "item-purpose",
                ("browser", "items", name, "purpose"),
                Text(
                    f"„{item.name}“ nennt einen Inhalt, keinen Zweck: {item.purpose.says('de')}",
                    f"“{item.name}” tells a content, not a purpose: {item.purpose.says('en')}",
                ),
                "gdpr:13(1)(c)",
            )


def _functions(declaration: Declaration) -> Iterator[Issue]:
    for name, one in declaration.recipients.items():
        if one.role in ("processor", "sub-processor") and one.function is None:
            yield Issue(
                "function",
                ("recipients", name),
                Text(f"Die Funktion von {one.name} fehlt.", f"The function of {one.name} is missing."),
                "gdpr:13(1)(e)",
                Text("function ergänzen", "add function"),
            )


def _profiles_told(declaration: Declaration) -> Iterator[Issue]:
    """Who advertises with data of its own accord infers something about people: what, must be told before the choice."""
    wanted = {
        one.recipient
        for one in declaration.browser.services.values()
        if one.consent and declaration.consents[one.consent].category == "marketing"
    }
    for name, one in declaration.recipients.items():
        if name in wanted and one.own_purposes and one.infers is None:
            yield Issue(
                "inference",
                ("recipients", name),
                Text(
                    f"Es fehlt, was {one.name} über Besucher ableitet.",
                    f"It is not said what {one.name} infers about visitors.",
                ),
                "gdpr:13(2)(f)",
                Text("infers ergänzen", "add infers"),
            )


def _profiling_marked(declaration: Declaration) -> Iterator[Issue]:
    """Who recognises browsers on other sites by a cookie of its own domain builds profiles, and bears the mark."""
    recognises: dict[str, str] = {}
    for item in declaration.browser.items.values():
        asked = declaration.consents.get(item.consent or "")
        across = item.provider and item.kind == "cookie" and item.domains and item.keep != "session"
        if across and asked and asked.category in ("statistics", "marketing", "media"):
            recognises.setdefault(str(item.provider), item.name)
    for name, one in declaration.recipients.items():
        if name in recognises and not one.profiling:
            yield Issue(
                "profiling-mark",
                ("recipients", name),
                Text(
                    f"{one.name} erkennt Browser auf vielen Websites wieder („{recognises[name]}“), "
                    "ohne als Profiling gekennzeichnet zu sein.",
                    f"{one.name} recognises browsers on many sites (“{recognises[name]}”) without being marked as profiling.",
                ),
                "gdpr:13(2)(f)",
                Text("profiling: true ergänzen", "add profiling: true"),
            )


def _eea_provider(declaration: Declaration) -> Iterator[Issue]:
    """Named is the company that provides the service to users in the EEA, not its parent elsewhere."""
    for name, one in declaration.recipients.items():
        known = company_named(one.name)
        if known is None or one.seat is None or not eea(known.country) or eea(one.seat):
            continue
        yield Issue(
            "parent-company",
            ("recipients", name, "name"),
            Text(
                f"Im EWR ist der Anbieter {known.names[0]} ({known.country}), nicht {one.name}.",
                f"In the EEA the provider is {known.names[0]} ({known.country}), not {one.name}.",
            ),
            "gdpr:13(1)(e)",
        )


def _withdrawal_link(declaration: Declaration) -> Iterator[Issue]:
    """Who asks for consents links to where they end: on a site of the controller's own, a page that is really served."""
    if not declaration.consents:
        return
    browser, address = declaration.browser, declaration.browser.settings or ""
    own = next((origin for origin in browser.origins if address.startswith(f"{origin}/")), None)
    path = address.removeprefix(own) if own else ""
    if path not in ("/settings", *browser.routes):
        yield Issue(
            "withdrawal-link",
            ("browser", "settings"),
            Text(
                "Der Verweis, mit dem Einwilligungen widerrufen werden, fehlt oder führt auf keine Seite, die es gibt.",
                "The link by which consents are withdrawn is missing, or leads to no page that there is.",
            ),
            "gdpr:7(3)",
            Text(
                "browser.settings auf /settings unter einem eigenen Ursprung, oder auf eine Route aus browser.routes",
                "browser.settings at /settings under an origin of your own, or at a route of browser.routes",
            ),
        )


_CHECKS: Mapping[Standard, Callable[[Declaration], Iterator[Issue]]] = {
    "balancing": _balancing,
    "recipients-stated": _recipients_stated,
    "profiling-stated": _profiling_stated,
    "provider-links": _service_links("policy"),
    "collected-links": _service_links("collected"),
    "opt-out-links": _opt_out_links,
    "copies": _copies,
    "supplementary-measures": _supplementary,
    "need-of-data": _need,
    "service-objection": _objection,
    "clear-purposes": _clear_purposes,
    "functions": _functions,
    "profiles-told": _profiles_told,
    "profiling-marked": _profiling_marked,
    "eea-provider": _eea_provider,
    "consequences": _consequences,
    "withdrawal-link": _withdrawal_link,
}
