"""What is wrong with a banner as it stands on the screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zusage.findings import Finding, Place, Rule, Severity
from zusage.keepers.consent.scan.declared import DeclaredSite
from zusage.keepers.consent.scan.observed import BannerLook, Observation
from zusage.text import Text

_REFUSAL = Rule("c-08", "gdpr:4(11)", "OLG Köln 6 U 80/23 of 2024-01-19", "2024-01-19")
_EQUAL = Rule("c-09", "gdpr:4(11)", "OLG Köln 6 U 80/23; VG Hannover 10 A 5385/22 (not final)", "2025-03-19")
_TICKED = Rule("c-06", "gdpr:4(11)", "CJEU C-673/17 of 2019-10-01, Planet49", "2019-10-01")
_WAY_BACK = Rule("c-21", "gdpr:7(3)", "DSK, Orientierungshilfe Digitale Dienste 1.2", "2024-11-01")
_IMPRINT = Rule("c-17", "", "DSK, Orientierungshilfe Digitale Dienste 1.2", "2024-11-01")
_LABEL = Rule("c-10", "gdpr:4(11)", "VG Hannover 10 A 5385/22 (not final)", "2025-03-19")
_MISLEADING = ("ok", "okay", "alles klar", "verstanden", "got it", "weiter", "optimales nutzungserlebnis")


def banner_findings(observations: Sequence[Observation], site: DeclaredSite) -> Iterator[Finding]:
    """Findings on the banner of the first state in which it was met, and on the ways to refuse and to withdraw."""
    met = next((observation for observation in observations if observation.banner is not None), None)
    if met is not None and met.banner is not None:
        yield from _banner(met.banner, met.pages[0])
    elif site.asks and any(observation.state == "before" for observation in observations):
        yield _finding(
            "site/no-banner", Severity.ERROR, _REFUSAL, observations[0].pages[0],
            "Die Erklärung nennt einwilligungsbedürftige Zwecke, die Seite fragt aber nicht",
            "the declaration has purposes that need consent, but the site does not ask",
        )  # fmt: skip
    visited = [observation for observation in observations if observation.pages]
    if site.asks and visited and not any(observation.footer for observation in visited):
        yield _finding(
            "site/no-way-back", Severity.ERROR, _WAY_BACK, visited[0].pages[0],
            "Auf der Seite fehlt der dauerhafte Weg zu den Einstellungen (etwa in der Fußzeile)",
            "the page lacks the lasting way to the settings (such as in the footer)",
        )  # fmt: skip
    for observation in visited:
        if observation.missed in ("no-reject", "no-withdraw"):
            yield _finding(
                f"site/{observation.missed}", Severity.ERROR,
                _REFUSAL if observation.missed == "no-reject" else _WAY_BACK, observation.pages[0],
                "Es fand sich keine Möglichkeit abzulehnen" if observation.missed == "no-reject"
                else "Es fand sich keine Möglichkeit zu widerrufen",
                "there was no way to refuse" if observation.missed == "no-reject" else "there was no way to withdraw",
            )  # fmt: skip


def _banner(look: BannerLook, page: str) -> Iterator[Finding]:
    if not look.reject:
        yield _finding(
            "site/no-reject-button", Severity.ERROR, _REFUSAL, page,
            f"Neben „{look.accept}“ steht auf der ersten Ebene keine Ablehnung",
            f"there is no refusal beside “{look.accept}” on the first layer",
        )  # fmt: skip
    if look.differences:
        said = ", ".join(look.differences)
        yield _finding(
            "site/unequal-buttons", Severity.ERROR, _EQUAL, page,
            f"„{look.accept}“ und „{look.reject}“ sehen verschieden aus: {said}",
            f"“{look.accept}” and “{look.reject}” look different: {said}",
        )  # fmt: skip
    if look.ticked:
        said = ", ".join(look.ticked)
        yield _finding(
            "site/ticked-beforehand", Severity.ERROR, _TICKED, page,
            f"Schon angekreuzt: {said}", f"ticked beforehand: {said}",
        )  # fmt: skip
    if not look.imprint:
        yield _finding(
            "site/imprint-unreachable", Severity.WARNING, _IMPRINT, page,
            "Solange das Banner steht, ist kein Link zum Impressum sichtbar",
            "no link to the imprint is visible while the banner stands",
        )  # fmt: skip
    if look.accept.casefold().strip(" .!") in _MISLEADING:
        yield _finding(
            "site/misleading-label", Severity.ERROR, _LABEL, page,
            f"„{look.accept}“ sagt nicht, dass eingewilligt wird", f"“{look.accept}” does not say that it is a consent",
        )  # fmt: skip


def _finding(code: str, severity: Severity, rule: Rule, page: str, german: str, english: str) -> Finding:
    return Finding(
        code, severity, Text(de=german, en=english), Place(file=page, key=code.partition("/")[2]), rule
    )
