"""A banner as a mid-size shop would have it: three purposes, five vendors, one of them far away."""

from __future__ import annotations

from zusage.keepers.consent.banner import BannerSpec, Item, Purpose, Service, Vendor
from zusage.text import Text

STATISTICS = Purpose(
    "statistics",
    Text(de="Statistik", en="Statistics"),
    Text(
        de="Wir zählen Seitenaufrufe und messen, welche Inhalte gelesen werden.",
        en="We count page views and measure which contents are read.",
    ),
    "statistics",
    ("analytics_storage",),
)
MARKETING = Purpose(
    "marketing",
    Text(de="Werbung auf anderen Seiten", en="Advertising on other sites"),
    Text(
        de="Anbieter bilden Profile (Profiling), um Werbung auf anderen Seiten auszuwählen.",
        en="Providers build profiles (profiling) to choose advertisements on other sites.",
    ),
    "marketing",
    ("ad_storage", "ad_user_data", "ad_personalization"),
)
MEDIA = Purpose(
    "media",
    Text(de="Eingebettete Videos und Karten", en="Embedded videos and maps"),
    Text(de="Inhalte anderer Seiten werden angezeigt.", en="Contents of other sites are shown."),
    "media",
)
VENDORS = {
    "zaehlwerk": Vendor(
        "zaehlwerk", "Zählwerk Analyse GmbH", ("DE",), (), "https://zaehlwerk.example/datenschutz"
    ),
    "adwind": Vendor("adwind", "Adwind Inc.", ("US",), ("US",), "https://adwind.example/privacy"),
    "filmhaus": Vendor(
        "filmhaus", "Filmhaus Media Ltd.", ("IE", "US"), (), "https://filmhaus.example/privacy"
    ),
    "kartenamt": Vendor("kartenamt", "Kartenamt eG", ("DE",)),
}


def _count(id: str, name: str, kind: str, text: Text, keep: str) -> Item:
    return Item(id, name, kind, text, keep, "zaehlwerk", "statistics")


def sample_spec(port: int = 0, **changes: object) -> BannerSpec:
    """The banner; third parties live on `*.localhost` so that a test can really serve them."""
    end = f":{port}" if port else ""
    values: dict[str, object] = {
        "controller": "Nordlicht Laden GmbH",
        "version": "2026-05-01",
        "languages": ("de", "en"),
        "purposes": (STATISTICS, MARKETING, MEDIA),
        "vendors": VENDORS,
        "items": (
            Item("choice", "zusage", "cookie", Text(de="Merkt sich Ihre Wahl.", en="Keeps your choice."), "P6M"),
            Item("login", "session", "cookie", Text(de="Anmeldung", en="Login"), "session"),
            _count("count-id", "_zw_*", "cookie", Text(de="Zählt Besuche.", en="Counts visits."), "P13M"),
            _count("count-cache", "zw-cache", "local-storage", Text(de="Zwischenspeicher", en="Cache"), "until-cleared"),
            _count("count-tab", "zw-tab", "session-storage", Text(de="Reiter", en="Tab"), "session"),
            _count("count-db", "zw-db", "indexed-db", Text(de="Puffer", en="Buffer"), "until-cleared"),
            Item("ad-id", "_aw", "cookie", Text(de="Werbe-Kennung", en="Advertising id"), "P3M", "adwind", "marketing"),
            Item("film-id", "fh_*", "cookie", Text(de="Video-Kennung", en="Video id"), "P6M", "filmhaus", "media"),
        ),
        "services": (
            Service("zaehlwerk-script", "zaehlwerk", "script", (f"stats.localhost{end}",), "statistics"),
            Service("adwind-tag", "adwind", "script", (f"ads.localhost{end}",), "marketing"),
            Service("adwind-pixel", "adwind", "pixel", (f"pixel.localhost{end}",), "marketing"),
            Service("filmhaus", "filmhaus", "embed", (f"video.localhost{end}",), "media"),
            Service("kartenamt", "kartenamt", "embed", (f"maps.localhost{end}",), "media"),
        ),
        "imprint": "/impressum",
        "notice": "/datenschutz",
    }  # fmt: skip
    return BannerSpec(**(values | changes))  # type: ignore[arg-type]
