"""The settings without script: a posted form becomes the same event as a click in the banner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zusage.keepers.consent.banner.events import ConsentEvent, EventRefused, Method
from zusage.keepers.consent.banner.spec import BannerSpec
from zusage.text import Language
from zusage_client.consent import Visitor

_METHODS: dict[str, Method] = {
    "accept": "accept-all",
    "reject": "reject-all",
    "close": "close",
    "save": "selection",
}


def choice_from_form(
    form: Mapping[str, Sequence[str]],
    spec: BannerSpec,
    language: Language,
    state: Visitor,
    *,
    fresh: tuple[str, str],
) -> ConsentEvent | None:
    """The event of a posted settings form; None for `a=settings`, which only asks for the page.

    `form` maps field names to their values; `fresh` are two random ids of 32 hexadecimal digits, for the event and for a
    browser that has no pseudonym yet. Raises `EventRefused` (`malformed`, `forged`) as `validate_event` does.
    """
    button = form.get("a", ["save"])[-1]
    if button == "settings":
        return None
    if button not in _METHODS:
        raise EventRefused("malformed", "the form has no such button")
    ticked, always = set(form.get("purpose", ())), set(form.get("service", ()))
    embeds = {service.id for service in spec.services if service.kind == "embed" and service.consent}
    if not ticked <= {purpose.id for purpose in spec.purposes} or not always <= embeds:
        raise EventRefused("forged", "the form answers something that this banner does not ask for")
    everything, save = button == "accept", button == "save"
    purposes = {purpose.id: everything or (save and purpose.id in ticked) for purpose in spec.purposes}
    had = state.choice
    asked = always if save else set()
    services = dict.fromkeys(had.services if had else (), False) | dict.fromkeys(sorted(asked), True)
    agrees = any(purposes.values()) or bool(asked)
    event_id, browser_id = fresh
    browser = had.browser if had and had.browser else browser_id if agrees else ""
    template = spec.template_hash(language)
    return ConsentEvent(
        event_id, template, language, _METHODS[button], purposes, services, state.signal, browser
    )
