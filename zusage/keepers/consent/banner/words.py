"""The banner's own words, German (Sie and du) and English. What a consent rests on comes from the declaration."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from zusage.keepers.consent.banner.spec import BannerSpec
from zusage.text import Language

_GERMAN = {
    "title": "Ihre Einwilligung",
    "intro": "{controller} bittet um Ihre Einwilligung, Daten auf Ihrem Gerät zu speichern oder zu lesen (§ 25 Abs. 1 TDDDG) "
    "und zu verarbeiten (Art. 6 Abs. 1 lit. a DSGVO) für:",
    "third_none": "Andere Anbieter sind nicht beteiligt.",
    "third_one": "Beteiligt ist 1 anderer Anbieter",
    "third_many": "Beteiligt sind {count} andere Anbieter",
    "abroad": ", Daten gehen auch in Drittländer ({countries})",
    "risk": ". Kein angemessenes Schutzniveau besteht für: {countries}; Behörden könnten dort zugreifen, ohne dass Ihnen "
    "Rechtsbehelfe offenstehen (Art. 49 Abs. 1 lit. a DSGVO)",
    "unprotected": "{country}: Es besteht kein Angemessenheitsbeschluss. Behörden könnten auf die Daten zugreifen, ohne dass "
    "Ihnen wirksame Rechtsbehelfe offenstehen.",
    "vendor_own_purposes": "{vendor} nutzt die Daten auch für eigene Zwecke: {what}.",
    "vendor_passes_to": "{vendor} gibt sie weiter an: {what}.",
    "vendor_profiling": "Profiling: {vendor} bildet Nutzungsprofile.",
    "vendor_infers": "{vendor} leitet ab: {what}.",
    "freedom": "Die Einwilligung ist freiwillig. Sie können sie jederzeit mit Wirkung für die Zukunft widerrufen: über "
    "„{link}“ am Ende jeder Seite.",
    "accept": "Alle akzeptieren",
    "reject": "Alle ablehnen",
    "settings": "Einstellungen",
    "save": "Auswahl speichern",
    "close_refuse": "Schließen und alles ablehnen",
    "close": "Schließen, nichts ändern",
    "link": "Datenschutz-Einstellungen",
    "withdraw": "Einwilligungen widerrufen",
    "notice": "Datenschutzerklärung",
    "imprint": "Impressum",
    "heading": "Datenschutz-Einstellungen",
    "lead": "Wofür darf {controller} Daten auf Ihrem Gerät speichern oder lesen? Was Sie nicht ankreuzen, findet nicht "
    "statt. Sie können jederzeit für die Zukunft widerrufen; was bis dahin geschah, bleibt rechtmäßig.",
    "necessary": "Unbedingt erforderlich (§ 25 Abs. 2 TDDDG) – ohne Einwilligung",
    "details": "Anbieter und gespeicherte Daten ({count})",
    "item": "Name",
    "kind": "Art",
    "vendor": "Anbieter",
    "purpose": "Zweck",
    "keep": "Speicherdauer",
    "own": "{controller} (selbst)",
    "hosts": "Verbindung zu",
    "policy": "Datenschutzerklärung des Anbieters",
    "always": "{vendor} immer laden (nur diesen Anbieter)",
    "since": "Ihre Wahl vom {day}",
    "none_yet": "Sie haben noch nicht gewählt.",
    "signal": "Ihr Browser sendet ein Signal gegen Nachverfolgung ({signal}). Wir behandeln es als Ablehnung.",
    "saved": "Ihre Wahl ist gespeichert.",
    "domains": "Ihre Wahl gilt auf {domains}.",
    "managed": "Was Sie in einem anerkannten Dienst zur Einwilligungsverwaltung eingestellt haben, gilt auch hier: {services}",
    "left": "Diese Seite kann nicht selbst löschen: {names}. Bitte löschen Sie diese Einträge im Browser.",
    "pending": "Ihre Wahl ist noch nicht aufgezeichnet. Bis dahin bleibt alles aus.",
    "embed": "Inhalt von {vendor}",
    "embed_text": "Beim Laden stellt Ihr Browser eine Verbindung zu {vendor}{places} her; dabei werden mindestens Ihre "
    "IP-Adresse und die aufgerufene Seite übermittelt; der Anbieter kann Cookies setzen.",
    "once": "Einmal laden",
    "back": "Einwilligung in diesen Inhalt widerrufen",
    "ever": "{vendor} immer laden",
    "direct": "Direkt bei {vendor} öffnen",
}
_ENGLISH = {
    "title": "Your consent",
    "intro": "{controller} asks for your consent to store or read data on your device (§ 25(1) TDDDG) and to process them "
    "(Art. 6(1)(a) GDPR) for:",
    "third_none": "No other provider is involved.",
    "third_one": "1 other provider is involved",
    "third_many": "{count} other providers are involved",
    "abroad": ", data also go to third countries ({countries})",
    "risk": ". There is no adequate level of protection for: {countries}; authorities there may gain access without a "
    "legal remedy for you (Art. 49(1)(a) GDPR)",
    "unprotected": "{country}: there is no adequacy decision. Authorities may gain access to the data without an effective "
    "legal remedy for you.",
    "vendor_own_purposes": "{vendor} uses the data for purposes of its own too: {what}.",
    "vendor_passes_to": "{vendor} passes them on to: {what}.",
    "vendor_profiling": "Profiling: {vendor} builds usage profiles.",
    "vendor_infers": "{vendor} infers: {what}.",
    "freedom": "Consent is voluntary. You can withdraw it at any time with effect for the future: through “{link}” at the "
    "foot of every page.",
    "accept": "Accept all",
    "reject": "Reject all",
    "settings": "Settings",
    "save": "Save selection",
    "close_refuse": "Close and reject all",
    "close": "Close, change nothing",
    "link": "Privacy settings",
    "withdraw": "Withdraw consents",
    "notice": "Privacy notice",
    "imprint": "Imprint",
    "heading": "Privacy settings",
    "lead": "What may {controller} store on or read from your device? What you do not tick does not happen. You can "
    "withdraw at any time for the future; what happened until then stays lawful.",
    "necessary": "Strictly necessary (§ 25(2) TDDDG) – without consent",
    "details": "Providers and stored data ({count})",
    "item": "Name",
    "kind": "Kind",
    "vendor": "Provider",
    "purpose": "Purpose",
    "keep": "Kept for",
    "own": "{controller} (itself)",
    "hosts": "Connects to",
    "policy": "The provider’s privacy policy",
    "always": "Always load {vendor} (only this provider)",
    "since": "Your choice of {day}",
    "none_yet": "You have not chosen yet.",
    "signal": "Your browser sends a signal against tracking ({signal}). We treat it as a refusal.",
    "saved": "Your choice is saved.",
    "domains": "Your choice holds on {domains}.",
    "managed": "What you have set in a recognised consent-management service holds here, too: {services}",
    "left": "This page cannot remove: {names}. Please delete these entries in your browser.",
    "pending": "Your choice is not on record yet. Until then everything stays off.",
    "embed": "Content of {vendor}",
    "embed_text": "Loading it connects your browser to {vendor}{places}; at least your IP address and the page you are on "
    "are transmitted; the provider may set cookies.",
    "once": "Load once",
    "back": "Withdraw consent for this content",
    "ever": "Always load {vendor}",
    "direct": "Open at {vendor} directly",
}
#: In the second person; whatever is missing is the same as in the polite form.
_INFORMAL = {
    "title": "Deine Einwilligung",
    "intro": "{controller} bittet um deine Einwilligung, Daten auf deinem Gerät zu speichern oder zu lesen (§ 25 Abs. 1 "
    "TDDDG) und zu verarbeiten (Art. 6 Abs. 1 lit. a DSGVO) für:",
    "risk": ". Kein angemessenes Schutzniveau besteht für: {countries}; Behörden könnten dort zugreifen, ohne dass dir "
    "Rechtsbehelfe offenstehen (Art. 49 Abs. 1 lit. a DSGVO)",
    "unprotected": "{country}: Es besteht kein Angemessenheitsbeschluss. Behörden könnten auf die Daten zugreifen, ohne dass "
    "dir wirksame Rechtsbehelfe offenstehen.",
    "freedom": "Die Einwilligung ist freiwillig. Du kannst sie jederzeit mit Wirkung für die Zukunft widerrufen: über "
    "„{link}“ am Ende jeder Seite.",
    "lead": "Wofür darf {controller} Daten auf deinem Gerät speichern oder lesen? Was du nicht ankreuzt, findet nicht "
    "statt. Du kannst jederzeit für die Zukunft widerrufen; was bis dahin geschah, bleibt rechtmäßig.",
    "since": "Deine Wahl vom {day}",
    "none_yet": "Du hast noch nicht gewählt.",
    "signal": "Dein Browser sendet ein Signal gegen Nachverfolgung ({signal}). Wir behandeln es als Ablehnung.",
    "saved": "Deine Wahl ist gespeichert.",
    "domains": "Deine Wahl gilt auf {domains}.",
    "left": "Diese Seite kann nicht selbst löschen: {names}. Bitte lösche diese Einträge im Browser.",
    "pending": "Deine Wahl ist noch nicht aufgezeichnet. Bis dahin bleibt alles aus.",
    "embed_text": "Beim Laden stellt dein Browser eine Verbindung zu {vendor}{places} her; dabei werden mindestens deine "
    "IP-Adresse und die aufgerufene Seite übermittelt; der Anbieter kann Cookies setzen.",
}
_UNITS = {
    "de": {"Y": ("Jahr", "Jahre"), "M": ("Monat", "Monate"), "W": ("Woche", "Wochen"), "D": ("Tag", "Tage"),
           "TH": ("Stunde", "Stunden"), "TM": ("Minute", "Minuten"), "TS": ("Sekunde", "Sekunden")},
    "en": {"Y": ("year", "years"), "M": ("month", "months"), "W": ("week", "weeks"), "D": ("day", "days"),
           "TH": ("hour", "hours"), "TM": ("minute", "minutes"), "TS": ("second", "seconds")},
}  # fmt: skip
_WORDS = {
    "de": {"session": "bis der Browser geschlossen wird", "until-cleared": "bis zur Löschung im Browser"},
    "en": {"session": "until the browser is closed", "until-cleared": "until cleared in the browser"},
}
_KINDS = {
    "de": {"cookie": "Cookie", "local-storage": "Local Storage", "session-storage": "Session Storage",
           "indexed-db": "IndexedDB", "pixel": "Zählpixel", "fingerprint": "Gerätemerkmale", "other": "Sonstiges"},
    "en": {"cookie": "cookie", "local-storage": "local storage", "session-storage": "session storage",
           "indexed-db": "IndexedDB", "pixel": "pixel", "fingerprint": "device features", "other": "other"},
}  # fmt: skip


def words(spec: BannerSpec, language: Language) -> Mapping[str, str]:
    """The words in `language`, in the form of address that the declaration chose."""
    if language == "en":
        return _ENGLISH
    return _GERMAN | _INFORMAL if spec.address == "du" else _GERMAN


def say(spec: BannerSpec, language: Language, key: str, **values: Any) -> str:
    """One sentence with its values set in."""
    return words(spec, language)[key].format(**({"controller": spec.controller} | values))


def lifetime(keep: str, language: Language) -> str:
    """`P6M` as "6 Monate"; a duration is said as it is declared, never converted."""
    if keep in _WORDS[language]:
        return _WORDS[language][keep]
    dates, _, times = keep.removeprefix("P").partition("T")
    parts = []
    for prefix, text in (("", dates), ("T", times)):
        for count, unit in re.findall(r"(\d+)([YMWDHS])", text):
            one, many = _UNITS[language][prefix + unit]
            parts.append(f"{count} {one if int(count) == 1 else many}")
    return " ".join(parts)


def kind(name: str, language: Language) -> str:
    """The kind of an item for people."""
    return _KINDS[language].get(name, name)
