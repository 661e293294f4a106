"""Finds and presses the buttons of a banner, ours or another: in German and English, in frames and shadow trees."""

from __future__ import annotations

import re
from typing import Any, Literal

from zusage.keepers.consent.scan.observed import BannerLook

Button = Literal["accept", "reject", "settings"]
_CLICKABLE = "button, [role=button], a, input[type=button], input[type=submit]"
_LABELS: dict[Button, re.Pattern[str]] = {
    "accept": re.compile(
        r"^\s*(?:ja,?\s*)?(?:ich\s+)?(?:alle[sn]?\s+)?(?:cookies?\s+)?(?:akzeptier|annehm|erlaub|zulassen|zustimm|einwillig"
        r"|stimme\s+(?:allen?\s+)?zu|einverstanden|accept|agree|allow|i\s+agree|got\s+it|ok$|verstanden)",
        re.IGNORECASE,
    ),
    "reject": re.compile(
        r"^\s*(?:ich\s+)?(?:verbiete\s+alle|lehne\s+(?:alle[sn]?\s+)?(?:cookies?\s+)?ab|nein\b|(?:alle[sn]?\s+)?(?:optionalen?\s+)?"
        r"(?:cookies?\s+)?(?:ablehnen|verweigern|verbieten)|nur\s+(?:\w+\s+)?(?:notwendige|erforderliche|essen[tz]ielle)"
        r"|ohne\s+einwilligung|reject|decline|deny|refuse|disagree|only\s+necessary|necessary\s+only|essential\s+only)",
        re.IGNORECASE,
    ),
    "settings": re.compile(
        r"(?:einstellungen|auswahl|anpassen|details|zwecke|verwalten|individuell|settings|preferences|customi[sz]e"
        r"|manage|options)",
        re.IGNORECASE,
    ),
}
_FOOTER = re.compile(
    r"(?:datenschutz|cookie|privatsph|privacy|consent|einwilligung)\W{0,3}\w*\W{0,3}(?:einstellung|setting|preference|options|widerruf|verwalten)"
    r"|einwilligung(?:en)?\s+(?:widerrufen|verwalten|ändern)|(?:manage|withdraw)\s+(?:consent|cookies)",
    re.IGNORECASE,
)
_IMPRINT = re.compile(r"impressum|imprint|legal\s+notice", re.IGNORECASE)
_STYLES = (
    "color", "backgroundColor", "borderTopColor", "borderTopWidth", "borderTopStyle", "opacity", "fontSize", "fontWeight",
    "textDecorationLine", "boxShadow",
)  # fmt: skip
_LOOK = """(b, keys) => { const s = getComputedStyle(b), r = b.getBoundingClientRect(); let opacity = 1;
  for (let e = b; e; e = e.parentElement) opacity *= +getComputedStyle(e).opacity;
  const made = {}; for (const k of keys) made[k] = s[k]; made.opacity = opacity; made.tag = b.localName;
  made.area = r.width * r.height; return made; }"""
_TICKED = """() => [...document.querySelectorAll('input[type=checkbox]:checked:not(:disabled), [role=switch][aria-checked=true]')]
  .filter(b => b.closest('dialog, [role=dialog], [class*=consent], [class*=cookie], [id*=consent], [id*=cookie], #zs'))
  .map(b => b.name || b.id || b.getAttribute('aria-label') || '?')"""


def find_button(page: Any, button: Button) -> Any | None:
    """The visible element that accepts, refuses or opens the settings; our own marks go before any label."""
    for frame in page.frames:
        own = frame.locator(f"#zs [data-zs={button}], dialog[open] button[value={button}]")
        for element in own.all():
            if element.is_visible():
                return element
    for frame in page.frames:
        for element in frame.locator(_CLICKABLE).filter(has_text=_LABELS[button]).all()[:20]:
            if element.is_visible() and not _in_footer(element) and _is_short(element):
                return element
    return None


def _is_short(element: Any) -> bool:
    return len((element.text_content() or "").strip()) <= 60


def _in_footer(element: Any) -> bool:
    return bool(element.evaluate("e => !!e.closest('footer')"))


def find_way_back(page: Any) -> Any | None:
    """The lasting way to the settings outside the banner: a link or a button on the page."""
    own = page.locator("[data-zs=settings]:not(#zs *)")
    for element in own.all():
        if element.is_visible():
            return element
    for element in page.locator(_CLICKABLE).filter(has_text=_FOOTER).all()[:20]:
        if element.is_visible() and not element.evaluate("e => !!e.closest('#zs, dialog, [role=dialog]')"):
            return element
    return None


def look_at_banner(page: Any) -> BannerLook | None:
    """The first layer as it stands; None where nothing asks."""
    accept, reject = find_button(page, "accept"), find_button(page, "reject")
    if accept is None:
        return None
    settings = find_button(page, "settings")
    different: list[str] = []
    if reject is not None:
        one, other = (element.evaluate(_LOOK, list(_STYLES)) for element in (accept, reject))
        different = [key for key in (*_STYLES, "tag") if one[key] != other[key]]
        if min(one["area"], other["area"]) < 0.9 * max(one["area"], other["area"]):
            different.append("area")
    imprint = any(element.is_visible() for element in page.locator("a").filter(has_text=_IMPRINT).all()[:10])
    return BannerLook(
        _label(accept),
        _label(reject),
        _label(settings),
        tuple(different),
        tuple(page.evaluate(_TICKED)),
        imprint,
        page.locator("#zs").count() > 0,
    )


def _label(element: Any | None) -> str:
    return "" if element is None else " ".join((element.text_content() or "").split())[:60]


def choose(page: Any, button: Literal["accept", "reject"], *, patience: int) -> bool:
    """Presses a button, through the settings where the first layer does not offer it; whether it could.

    `patience` is in milliseconds.
    """
    for step in range(2):
        element = find_button(page, button)
        if element is not None:
            element.click(timeout=patience)
            return True
        settings = find_button(page, "settings") if step == 0 else None
        if settings is None:
            return False
        settings.click(timeout=patience)
        page.wait_for_timeout(700)
    return False


def withdraw(page: Any, *, patience: int) -> bool:
    """Goes the lasting way back and refuses everything; whether there was one."""
    way = find_way_back(page)
    if way is None:
        return False
    way.click(timeout=patience)
    for _ in range(20):
        page.wait_for_timeout(150)
        if find_button(page, "reject") is not None:
            return choose(page, "reject", patience=patience)
    return False
