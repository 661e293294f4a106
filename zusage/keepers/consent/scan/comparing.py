"""Observation against declaration: what is wrong with a site, by which rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain

from zusage.findings import Finding, Place, Rule, Severity
from zusage.keepers.consent.scan.declared import DeclaredSite
from zusage.keepers.consent.scan.looks import banner_findings
from zusage.keepers.consent.scan.observed import Observation, Request, Stored
from zusage.lexicon import companies, cookie_named
from zusage.text import Text
from zusage_client.consent import DeclaredItem, ends

_DEVICE = Rule("c-01", "tdddg:25(1)", "§ 25(1) TDDDG", "2026-08-19")
_INFORMED = Rule("c-14", "gdpr:13(1)", "CJEU C-673/17 of 2019-10-01, Planet49", "2019-10-01")
_WITHDRAWN = Rule("c-22", "gdpr:7(3)", "GDPR Art. 7(3)", "2016-04-27")
_TRANSFER = Rule("c-14-country", "gdpr:13(1)(f)", "GDPR Art. 13(1)(f)", "2016-04-27")
_RECOGNISING = Rule("c-05", "tdddg:25(1)", "EDPB Guidelines 2/2023, version 2", "2024-10-07")
#: clocks differ a little, and a cookie may have been set some seconds before it was seen
_TOLERANCE = timedelta(minutes=10)
_WHEN = {
    "before": Text(de="vor jeder Wahl", en="before any choice"),
    "reject": Text(de="nach der Ablehnung", en="after the refusal"),
    "accept": Text(de="nach der Einwilligung", en="after the consent"),
    "withdraw": Text(de="nach dem Widerruf", en="after the withdrawal"),
}


def compare(observations: Sequence[Observation], site: DeclaredSite, now: datetime) -> list[Finding]:
    """What the observations show that the declaration does not allow. Pure; `now` is when the browser looked."""
    found = chain(
        chain.from_iterable(_state(observation, site, now) for observation in observations),
        banner_findings(observations, site),
        _unseen(observations, site),
    )
    unique = {(finding.code, finding.place.key, str(finding.message)): finding for finding in found}
    return list(unique.values())


def _state(observation: Observation, site: DeclaredSite, now: datetime) -> Iterator[Finding]:
    for item in observation.stored:
        yield from _item(observation, item, site, now)
    for host, requests in _by_host(observation.requests, site).items():
        yield from _host(observation, host, requests, site)
    yield from _calls(observation, site)
    for address in observation.embeds:
        if address.endswith(".swf"):
            yield _flash(observation, address)


def _flash(observation: Observation, address: str) -> Finding:
    """Its local shared objects are storage on the device that no declared item covers and no browser shows."""
    return Finding(
        "site/flash-object", Severity.ERROR,
        Text(de=f"Die Seite bettet das Flash-Objekt {address} ein", en=f"The page embeds the Flash object {address}"),
        Place(file=observation.pages[0] if observation.pages else "", key=f"{observation.state}/embed", quote=address), _DEVICE,
        Text(
            de="Entfernen; Einstellungen eines Players in einem erklärten Eintrag ablegen, den man löschen kann.",
            en="Remove it; keep a player's settings in a declared item that can be cleared.",
        ),
    )  # fmt: skip


def _by_host(requests: Iterable[Request], site: DeclaredSite) -> dict[str, list[Request]]:
    hosts: dict[str, list[Request]] = {}
    for request in requests:
        if request.host and not site.owns(request.host):
            hosts.setdefault(request.host, []).append(request)
    return hosts


def _consented(observation: Observation) -> bool:
    return observation.state == "accept" and not observation.missed


def _item(observation: Observation, item: Stored, site: DeclaredSite, now: datetime) -> Iterator[Finding]:
    when = _WHEN[observation.state]
    key = f"{observation.state}/{item.kind}/{item.name}"
    place = Place(file=observation.pages[0] if observation.pages else "", key=key, quote=item.by)
    if item.name.startswith(site.policy.cookie) and item.kind in ("cookie", "local-storage"):
        yield from _choice_item(item, place, site)
        return
    declared = site.policy.item_named("other" if item.kind == "cache" else item.kind, item.name)
    if declared is None:
        known = _known(item.name)
        yield Finding(
            "site/undeclared-item", Severity.ERROR,
            Text(
                de=f"{item.kind} „{item.name}“ ({item.host}) ist {when.de} da, steht aber nicht in der Erklärung{known.de}",
                en=f"{item.kind} “{item.name}” ({item.host}) is there {when.en} but not declared{known.en}",
            ),
            place, _INFORMED,
            Text(de="Unter browser.items angeben oder nicht setzen.", en="Declare it under browser.items or stop setting it."),
        )  # fmt: skip
    if (declared is None or declared.purpose) and not _consented(observation):
        if observation.state == "withdraw" and not site.owns(item.host):
            yield _out_of_reach(item, place)
        else:
            yield _too_early(observation, place, f"{item.kind} „{item.name}“", f"{item.kind} “{item.name}”")
    if declared is not None:
        yield from _longer(item, declared, place, now)
        yield from _provider(item, declared, place, site)
        if declared.kind == "cookie" and not declared.provider and not site.may_hold(item.host):
            yield _elsewhere(item, place)


def _elsewhere(item: Stored, place: Place) -> Finding:
    return Finding(
        "site/own-item-elsewhere", Severity.ERROR,
        Text(
            de=f"Das eigene Cookie „{item.name}“ liegt bei {item.host}, das weder dem Verantwortlichen noch seiner Gruppe gehört",
            en=f"The own cookie “{item.name}” lies at {item.host}, which belongs neither to the controller nor to its group",
        ),
        place, _DEVICE,
        Text(
            de="Nur auf eigenen Domains setzen; Domains der Gruppe bei ihrem Verantwortlichen eintragen (recipients.….domains).",
            en="Set it on own domains only; register domains of the group with their controller (recipients.….domains).",
        ),
    )  # fmt: skip


def _choice_item(item: Stored, place: Place, site: DeclaredSite) -> Iterator[Finding]:
    limit = ends(site.policy.keep, item.seen) if item.seen else None
    if item.kind == "cookie" and limit and item.ends and item.ends > limit + _TOLERANCE:
        yield _longer_finding(item, site.policy.keep, place)


def _known(name: str) -> Text:
    known = cookie_named(name)
    if known is None or known.provider is None:
        return Text(de=" (unbekannte Herkunft)", en=" (of unknown origin)")
    company = companies()[known.provider]
    said = f"{known.service or company.short}, {company.country}"
    return Text(de=f" (bekannt als {said})", en=f" (known as {said})")


def _too_early(observation: Observation, place: Place, german: str, english: str) -> Finding:
    when = _WHEN[observation.state]
    withdrawn = observation.state == "withdraw"
    return Finding(
        "site/left-after-withdrawal" if withdrawn else "site/without-consent", Severity.ERROR,
        Text(
            de=f"{german} {when.de}, ohne unbedingt erforderlich zu sein",
            en=f"{english} {when.en} without being strictly necessary",
        ),
        place, _WITHDRAWN if withdrawn else _DEVICE,
        Text(
            de="Erst nach Einwilligung laden (data-zusage) und mit dem Widerruf entfernen.",
            en="Load it only after consent (data-zusage), and remove it on withdrawal.",
        ),
    )  # fmt: skip


def _out_of_reach(item: Stored, place: Place) -> Finding:
    """No site can delete what lies at another host; whether anything still goes there is a finding of its own."""
    return Finding(
        "site/left-at-provider", Severity.NOTE,
        Text(
            de=f"{item.kind} „{item.name}“ liegt nach dem Widerruf noch bei {item.host}; die Website kann es nicht löschen",
            en=f"{item.kind} “{item.name}” still lies at {item.host} after the withdrawal; the site cannot delete it",
        ),
        place, _WITHDRAWN,
        Text(
            de="Im Hinweis sagen, wie man es beim Anbieter oder im Browser löscht.",
            en="Say in the notice how it is deleted at the provider or in the browser.",
        ),
    )  # fmt: skip


def _longer(item: Stored, declared: DeclaredItem, place: Place, now: datetime) -> Iterator[Finding]:
    if item.kind != "cookie" or item.ends is None or declared.keep == "until-cleared":
        return
    limit = ends(declared.keep, item.seen or now)
    if limit is None or item.ends > limit + _TOLERANCE:
        yield _longer_finding(item, declared.keep, place)


def _longer_finding(item: Stored, keep: str, place: Place) -> Finding:
    assert item.ends is not None
    days = f"{(item.ends - item.seen) / timedelta(days=1):.0f}" if item.seen else "?"
    return Finding(
        "site/longer-lifetime", Severity.ERROR,
        Text(
            de=f"Cookie „{item.name}“ bleibt {days} Tage, erklärt ist {keep}",
            en=f"cookie “{item.name}” stays {days} days, declared is {keep}",
        ),
        place, _INFORMED,
        Text(de="Max-Age senken oder die Erklärung ändern.", en="Lower Max-Age or change the declaration."),
    )  # fmt: skip


def _provider(item: Stored, declared: DeclaredItem, place: Place, site: DeclaredSite) -> Iterator[Finding]:
    known = cookie_named(item.name)
    if known is None or known.provider is None:
        return
    company = companies()[known.provider]
    names = {name.casefold() for name in (company.short, *company.names, *company.also)}
    said = site.providers.get(declared.provider, "")
    if not any(name in said.casefold() for name in names):
        yield Finding(
            "site/wrong-provider", Severity.WARNING,
            Text(
                de=f"„{item.name}“ ist bekannt als Cookie von {company.short}; erklärt ist "
                f"{said or 'der Verantwortliche selbst'}",
                en=f"“{item.name}” is known as a cookie of {company.short}; declared is {said or 'the controller itself'}",
            ),
            place, _INFORMED,
        )  # fmt: skip


def _host(
    observation: Observation, host: str, requests: list[Request], site: DeclaredSite
) -> Iterator[Finding]:
    kinds = ", ".join(sorted({request.kind for request in requests}))
    first = requests[0]
    place = Place(file=first.page, key=f"{observation.state}/request/{host}", quote=f"{first.url} ({kinds})")
    service = site.policy.service_at(host)
    if service is None:
        yield Finding(
            "site/undeclared-host", Severity.ERROR,
            Text(
                de=f"Verbindung zu {host} ({kinds}) {_WHEN[observation.state].de}, ohne in der Erklärung zu stehen",
                en=f"connection to {host} ({kinds}) {_WHEN[observation.state].en} without being declared",
            ),
            place, _INFORMED,
            Text(
                de="Den Dienst mit seinem Empfänger unter browser.services angeben oder entfernen.",
                en="Declare the service with its recipient under browser.services, or remove it.",
            ),
        )  # fmt: skip
    if (service is None or service.purpose) and not _consented(observation):
        yield _too_early(observation, place, f"Verbindung zu {host}", f"connection to {host}")
    if service is not None:
        yield from _country(host, service.provider, place, site)


def _country(host: str, provider: str, place: Place, site: DeclaredSite) -> Iterator[Finding]:
    """A well-known provider whose country, or whose parent's, the declaration does not name."""
    said = site.providers.get(provider, "").casefold()
    for company in companies().values():
        if any(name.casefold() in said for name in company.names):
            missing = {company.country, company.parent_country} - set(site.countries.get(provider, ()))
            for country in sorted(missing - {""}):
                yield Finding(
                    "site/undeclared-country", Severity.WARNING,
                    Text(
                        de=f"{host} gehört zu {company.short}; das Land {country} fehlt in der Erklärung",
                        en=f"{host} belongs to {company.short}; the country {country} is not declared",
                    ),
                    place, _TRANSFER,
                )  # fmt: skip
            return


def _calls(observation: Observation, site: DeclaredSite) -> Iterator[Finding]:
    declared = [item for item in site.policy.items if item.kind == "fingerprint"]
    for call in observation.calls:
        allowed = [item for item in declared if item.matches(call.api)]
        if any(item.purpose is None or _consented(observation) for item in allowed):
            continue
        when = _WHEN[observation.state]
        yield Finding(
            "site/device-recognition", Severity.WARNING if _consented(observation) else Severity.ERROR,
            Text(
                de=f"{call.by or 'ein Skript'} fragt {when.de} Gerätemerkmale ab ({call.api})",
                en=f"{call.by or 'a script'} asks for device features ({call.api}) {when.en}",
            ),
            Place(file=call.page, key=f"{observation.state}/fingerprint/{call.api}", quote=call.by), _RECOGNISING,
        )  # fmt: skip


def _unseen(observations: Sequence[Observation], site: DeclaredSite) -> Iterator[Finding]:
    """Declared but never met: no breach, but perhaps a stale entry."""
    if not any(_consented(observation) for observation in observations):
        return
    seen = [(item.kind, item.name) for observation in observations for item in observation.stored]
    for declared in site.policy.items:
        if declared.name == site.policy.cookie or declared.kind in ("fingerprint", "pixel", "other"):
            continue
        if not any(kind == declared.kind and declared.matches(name) for kind, name in seen):
            yield Finding(
                "site/declared-never-seen", Severity.NOTE,
                Text(
                    de=f"„{declared.name}“ ist erklärt, kam aber auf keiner besuchten Seite vor",
                    en=f"“{declared.name}” is declared but was met on no visited page",
                ),
                Place(key=f"browser.items.{declared.id}"),
            )  # fmt: skip
