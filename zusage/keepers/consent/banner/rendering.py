"""The banner as HTML: first layer, settings page without script, embeds, the way back in the footer.

Everything a visitor reads before the click is rendered here, by the server, so that it is there with the first paint.
No inline script, no inline style, no `innerHTML`: the pages stand under a strict content security policy.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from markupsafe import Markup

from zusage.keepers.consent.banner.spec import EEA, BannerSpec, Item, Purpose, Service
from zusage.keepers.consent.banner.words import kind, lifetime, say, words
from zusage.law.countries import country_name
from zusage.text import Language
from zusage_client.consent import Visitor

SIGNALS = {"gpc": "Global Privacy Control", "dnt": "Do Not Track"}


def settings_path(spec: BannerSpec) -> str:
    """Where the settings stand without script."""
    return f"{spec.base}/settings"


def render_first_layer(spec: BannerSpec, language: Language, state: Visitor) -> Markup:
    """The first layer, to stand first in `<body>`; nothing where nothing is to be asked.

    A form with two equal buttons and the way to the settings; it works without script, and takes no focus. The
    visitor's `state` decides whether it is due: an unanswered purpose, and no signal that stands for a refusal.
    """
    if not spec.asks or not state.must_be_asked(spec.policy):
        return Markup()
    said = words(spec, language)
    purposes = Markup().join(
        Markup("<li>{}</li>").format(purpose.title.says(language)) for purpose in spec.purposes
    )
    return Markup(
        '<section id="zs" class="zs" aria-labelledby="zs-t" lang="{lang}"><form method="post" action="{action}">'
        '<div class="zs-m" tabindex="0" role="group" aria-labelledby="zs-t"><h2 id="zs-t">{title}</h2><p>{intro}</p>'
        '<ul>{purposes}</ul><p>{third} {freedom}</p></div><p class="zs-l">{links}</p><div class="zs-a">'
        '<button name="a" value="accept" class="zs-b" data-zs="accept">{accept}</button>'
        '<button name="a" value="reject" class="zs-b" data-zs="reject">{reject}</button>'
        '<button name="a" value="settings" class="zs-b" data-zs="settings">{settings}</button></div>'
        '<button name="a" value="close" class="zs-x" data-zs="close" aria-label="{close}">×</button></form></section>'
    ).format(
        lang=language,
        action=settings_path(spec),
        title=said["title"],
        intro=say(spec, language, "intro"),
        purposes=purposes,
        third=third_parties(spec, language),
        freedom=say(spec, language, "freedom", link=said["link"]),
        links=links(spec, language),
        accept=said["accept"],
        reject=said["reject"],
        settings=said["settings"],
        close=said["close_refuse"],
    )


def third_parties(spec: BannerSpec, language: Language) -> str:
    """How many other providers there are, and where data go: what must be known before the click."""
    vendors = spec.vendors_asked_for()
    if not vendors:
        return say(spec, language, "third_none")
    abroad = _named({country for vendor in vendors for country in vendor.countries} - EEA, language)
    risky = _named({country for vendor in vendors for country in vendor.risky}, language)
    text = say(spec, language, "third_one" if len(vendors) == 1 else "third_many", count=len(vendors))
    text += say(spec, language, "abroad", countries=abroad) if abroad else ""
    return text + (say(spec, language, "risk", countries=risky) if risky else "") + "."


def _named(countries: Iterable[str], language: Language) -> str:
    return ", ".join(sorted(country_name(country, language) for country in countries))


def links(spec: BannerSpec, language: Language) -> Markup:
    """Notice and imprint, reachable without a choice."""
    said = words(spec, language)
    made = [Markup('<a href="{}">{}</a>').format(spec.notice, said["notice"])]
    if spec.imprint:
        made.append(Markup('<a href="{}">{}</a>').format(spec.imprint, said["imprint"]))
    return Markup(" ").join(made)


def render_footer_link(spec: BannerSpec, language: Language, state: Visitor) -> Markup:
    """The way back, for the foot of every page: to the settings, and – for who has agreed – out of everything with one click.

    It says so where the browser's signal stands for a refusal.
    """
    said = words(spec, language)
    link = Markup('<a href="{}" data-zs="settings">{}</a>').format(settings_path(spec), said["link"])
    if spec.asks:
        # the script shows it to who agrees on this very page
        hidden = "" if state.agrees else Markup(" hidden")
        link += Markup(' <a href="{}" data-zs="withdraw"{}>{}</a>').format(
            settings_path(spec), hidden, said["withdraw"]
        )
    if state.signal is None or state.choice is not None or not spec.asks:
        return link
    note = say(spec, language, "signal", signal=SIGNALS[state.signal.value])
    return Markup('<span class="zs-n">{}</span> {}').format(note, link)


def render_settings(spec: BannerSpec, language: Language, state: Visitor, *, saved: bool = False) -> Markup:
    """The settings as a form that needs no script, for the page at `settings_path`. Nothing is ticked beforehand."""
    said = words(spec, language)
    if saved:
        note = said["saved"]
    elif state.choice is not None:
        note = say(spec, language, "since", day=_day(state, language))
    elif state.signal is not None:
        note = say(spec, language, "signal", signal=SIGNALS[state.signal.value])
    else:
        note = said["none_yet"]
    return Markup('<div class="zs zs-p" lang="{}">{}</div>').format(
        language, _form(spec, language, state, level=1, note=note)
    )


def render_dialog(spec: BannerSpec, language: Language) -> Markup:
    """The same form as a dialog, for the script to open: the same for every visitor, so that it can be kept for ever."""
    said = words(spec, language)
    notes = {key: said[key] for key in ("saved", "left", "pending", "since")} | {"none": said["none_yet"]}
    notes |= {key: say(spec, language, "signal", signal=name) for key, name in SIGNALS.items()}
    data = Markup().join(Markup(' data-{}="{}"').format(key, text) for key, text in notes.items())
    close = Markup('<button name="a" value="dismiss" class="zs-x" aria-label="{}">×</button>').format(
        said["close"]
    )
    return Markup(
        '<dialog class="zs zs-d" aria-labelledby="zs-h" lang="{}"{}>{}</dialog>'
        '<p id="zs-v" class="zs" role="status"></p>'
    ).format(language, data, _form(spec, language, Visitor(), level=2, close=close))


def _form(
    spec: BannerSpec,
    language: Language,
    state: Visitor,
    *,
    level: int,
    note: str = "",
    close: str | Markup = "",
) -> Markup:
    said = words(spec, language)
    groups = [_group(spec, purpose, language, state, level + 1) for purpose in spec.purposes]
    buttons = Markup().join(
        Markup('<button name="a" value="{}" class="zs-b">{}</button>').format(value, said[value])
        for value in ("accept", "reject", "save")
    )
    return Markup(
        '<form method="post" action="{action}"><h{level} id="zs-h" tabindex="-1" autofocus>{heading}</h{level}><p>{lead}</p>'
        '<p class="zs-n">{note}</p>{managed}{groups}<p class="zs-l">{links}</p>{buttons}{close}</form>'
    ).format(
        action=settings_path(spec),
        level=level,
        heading=said["heading"],
        lead=say(spec, language, "lead"),
        note=note,
        managed=_managed(spec, language) + _domains(spec, language),
        groups=Markup().join([*groups, _necessary(spec, language, level + 1)]),
        links=links(spec, language),
        buttons=Markup('<div class="zs-a">{}</div>').format(buttons) if spec.asks else "",
        close=close,
    )


def _managed(spec: BannerSpec, language: Language) -> Markup:
    """The visible note that settings of recognised services are obeyed (§ 18 EinwV)."""
    if not spec.consent_services:
        return Markup()
    named = Markup(", ").join(
        Markup('<a href="{}">{}</a>').format(web_address(page), name) if page else name
        for name, page in spec.consent_services
    )
    return Markup("<p>{}</p>").format(Markup(say(spec, language, "managed", services="{}")).format(named))


def _domains(spec: BannerSpec, language: Language) -> Markup:
    """On which domains the choice holds, where it is more than one."""
    if not spec.spans_domains:
        return Markup()
    return Markup("<p>{}</p>").format(say(spec, language, "domains", domains=", ".join(spec.shared_domains)))


def _day(state: Visitor, language: Language) -> str:
    assert state.choice is not None
    return (
        f"{state.choice.day:%d.%m.%Y}"
        if language == "de"
        else f"{state.choice.day.day} {state.choice.day:%B %Y}"
    )


def _group(spec: BannerSpec, purpose: Purpose, language: Language, state: Visitor, level: int) -> Markup:
    ticked = bool(state.choice and state.choice.answers(spec.policy).get(purpose.id))
    return Markup(
        '<section class="zs-g"><h{level}><label class="zs-c"><input type="checkbox" name="purpose" value="{id}"'
        ' aria-describedby="zs-p-{id}"{ticked}> {title}</label></h{level}><p id="zs-p-{id}">{text}</p>{details}</section>'
    ).format(
        level=level,
        id=purpose.id,
        ticked=Markup(" checked") if ticked else "",
        title=purpose.title.says(language),
        text=purpose.text.says(language),
        details=_details(spec, purpose.id, language, state),
    )


def _necessary(spec: BannerSpec, language: Language, level: int) -> Markup:
    if not spec.items_of("") and not spec.services_of(""):
        return Markup()
    title = words(spec, language)["necessary"]
    details = _details(spec, "", language, Visitor())
    return Markup('<section class="zs-g"><h{level}>{title}</h{level}>{details}</section>').format(
        level=level, title=title, details=details
    )


def _details(spec: BannerSpec, purpose: str, language: Language, state: Visitor) -> Markup:
    items, services = spec.items_of(purpose), spec.services_of(purpose)
    summary = say(spec, language, "details", count=len(items) + len(services))
    return Markup("<details><summary>{}</summary>{}{}</details>").format(
        summary, _service_list(spec, services, language, state), _item_table(spec, items, language)
    )


def _service_list(
    spec: BannerSpec, services: Iterable[Service], language: Language, state: Visitor
) -> Markup:
    made = [_service(spec, service, language, state) for service in services]
    return Markup("<ul>{}</ul>").format(Markup().join(made)) if made else Markup()


def _service(spec: BannerSpec, service: Service, language: Language, state: Visitor) -> Markup:
    line = service_line(spec, service, language)
    made = Markup("<strong>{}</strong>{}{}").format(line[0], line[1], line[2])
    for said in told(spec, service, language):
        made += Markup("<br>{}").format(said)
    if line[3]:
        made += Markup('<br><a href="{}">{}</a>').format(line[3], words(spec, language)["policy"])
    if service.kind == "embed" and service.consent:
        ticked = bool(state.choice and service.id in state.choice.services)
        made += Markup(
            '<label class="zs-c"><input type="checkbox" name="service" value="{}"{}> {}</label>'
        ).format(
            service.id, Markup(" checked") if ticked else "", say(spec, language, "always", vendor=line[0])
        )
    return Markup("<li>{}</li>").format(made)


def told(spec: BannerSpec, service: Service, language: Language) -> list[str]:
    """What must be known of a service before the choice: what it does, its own purposes, who else, where, and the way out."""
    vendor = spec.vendors.get(service.vendor)
    found = [service.text.says(language)] if service.text else []
    if vendor and vendor.profiling:
        found.append(say(spec, language, "vendor_profiling", vendor=vendor.name))
    if vendor:
        said = {"own_purposes": vendor.own_purposes, "passes_to": vendor.passes_to, "infers": vendor.infers}
        found += [
            say(spec, language, f"vendor_{key}", vendor=vendor.name, what=text.says(language))
            for key, text in said.items()
            if text
        ]
        found += [
            say(spec, language, "unprotected", country=country_name(country, language))
            for country in vendor.unprotected
        ]
    return [*found, *([service.objection.says(language)] if service.objection else [])]


def service_line(spec: BannerSpec, service: Service, language: Language) -> tuple[str, str, str, str]:
    """(provider, its countries, its hosts, its policy), each empty where the declaration says nothing."""
    vendor = spec.vendors.get(service.vendor)
    name = vendor.name if vendor else spec.controller
    places = f" ({_named(vendor.countries, language)})" if vendor and vendor.countries else ""
    hosts = f" – {words(spec, language)['hosts']} {', '.join(service.hosts)}" if service.hosts else ""
    return name, places, hosts, web_address(vendor.policy) if vendor else ""


def web_address(address: str) -> str:
    """`address` where it is one of the web or a path, else nothing: no `javascript:` from a declaration."""
    return address if urlsplit(address).scheme in ("", "http", "https") else ""


def item_row(spec: BannerSpec, item: Item, language: Language) -> tuple[str, str, str, str, str]:
    """(name, kind, provider, purpose, lifetime) for people."""
    vendor = spec.vendors.get(item.vendor)
    provider = vendor.name if vendor else say(spec, language, "own")
    return (
        item.name,
        kind(item.kind, language),
        provider,
        item.purpose.says(language),
        lifetime(item.keep, language),
    )


def item_head(spec: BannerSpec, language: Language) -> tuple[str, ...]:
    """The column heads of `item_row`."""
    said = words(spec, language)
    return tuple(said[key] for key in ("item", "kind", "vendor", "purpose", "keep"))


def _item_table(spec: BannerSpec, items: Iterable[Item], language: Language) -> Markup:
    rows = [
        Markup("<tr>{}</tr>").format(
            Markup().join(Markup("<td>{}</td>").format(cell) for cell in item_row(spec, item, language))
        )
        for item in items
    ]
    if not rows:
        return Markup()
    names = item_head(spec, language)
    head = Markup().join(Markup('<th scope="col">{}</th>').format(name) for name in names)
    return Markup(
        '<div class="zs-s" tabindex="0" role="group" aria-label="{}"><table><thead><tr>{}</tr></thead><tbody>{}</tbody>'
        "</table></div>"
    ).format(", ".join(names), head, Markup().join(rows))


def render_embed(
    spec: BannerSpec,
    language: Language,
    service: str,
    source: str,
    title: str,
    *,
    preview: str = "",
    direct: str = "",
    content: str = "",
) -> Markup:
    """A two-click embed: local preview, who is behind it, "once" and "always", and the way there without embedding.

    `source` is the frame's address, `title` says what it shows, `preview` is an image of this very site, `direct` the
    address of the content at the provider, `content` a short id by which the record names this one content.
    Raises `KeyError` for a service that the declaration does not know, `ValueError` for a preview from elsewhere.
    """
    known = next((declared for declared in spec.services if declared.id == service), None)
    if known is None:
        raise KeyError(f"the declaration has no service {service!r}")
    if urlsplit(preview).netloc or urlsplit(preview).scheme:
        raise ValueError(
            "the preview must come from this site: a foreign one would be the request it is to prevent"
        )
    name, places, _, _ = service_line(spec, known, language)
    said = words(spec, language)
    image = Markup('<img src="{}" alt="" loading="lazy">').format(preview) if preview else ""
    there = Markup('<a href="{}" rel="noreferrer">{}</a>').format(
        web_address(direct), say(spec, language, "direct", vendor=name)
    )
    return Markup(
        '<figure class="zs zs-e" data-zusage="{service}"{content} lang="{lang}"><template><iframe class="zs-frame" src="{source}"'
        ' title="{title}" allow="fullscreen" loading="lazy" referrerpolicy="strict-origin-when-cross-origin"></iframe>'
        '<a href="{settings}">{back}</a></template>{image}<figcaption><strong>{title}</strong> ({embed})</figcaption>'
        "<p>{text}</p>"
        '<div class="zs-a"><button type="button" class="zs-b" data-zs="once">{once}</button>'
        '<button type="button" class="zs-b" data-zs="always">{ever}</button></div>{there}</figure>'
    ).format(
        service=service,
        content=Markup(' data-content="{}"').format(content) if content else "",
        lang=language,
        source=source,
        title=title,
        image=image,
        embed=say(spec, language, "embed", vendor=name),
        text=say(spec, language, "embed_text", vendor=name, places=places),
        once=said["once"],
        back=said["back"],
        settings=settings_path(spec),
        ever=say(spec, language, "ever", vendor=name),
        there=there if direct else "",
    )
