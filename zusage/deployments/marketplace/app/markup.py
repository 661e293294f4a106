"""The look of the website: one frame for all pages, tags of other people's services, placeholders for what they show.

All markup of others is inert: it carries the service it waits for, and the banner wakes it after a yes.
"""

from __future__ import annotations

from markupsafe import Markup, escape
from starlette.requests import Request

#: service of the declaration → its script; the order is that of the page
TAGS = {
    "tag-manager": "https://www.googletagmanager.com/gtag.js",
    "amplitude": "https://api2.amplitude.com/amplitude.js",
    "segment": "https://cdn.segment.com/analytics.js",
    "newrelic": "https://js-agent.newrelic.com/agent.js",
    "helphero": "https://app.helphero.co/tour.js",
    "google-ads": "https://googleads.g.doubleclick.net/ads.js",
    "activecampaign": "https://diffuser-cdn.app-us1.com/diffuser.js",
    "meta-pixel": "https://connect.facebook.net/events.js",
    "linkedin": "https://snap.licdn.com/insight.js",
    "bing": "https://bat.bing.com/bat.js",
    "baidu": "https://hm.baidu.com/hm.js",
    "leadforensics": "https://secure.leadforensics.com/track.js",
    "getsitecontrol": "https://widgets.getsitecontrol.com/widget.js",
}
_PAGE = Markup(
    '<!doctype html><html lang="de"><head><meta charset="utf-8"><title>{title} – Spanwerk</title>'
    '<meta name="viewport" content="width=device-width,initial-scale=1">{head}</head><body{attributes}>'
    '<header><nav aria-label="Hauptmenü">{menu}</nav></header><main><h1>{title}</h1>{body}</main>'
    '<footer><p><a href="/impressum">Impressum</a> <a href="/notice">Datenschutz</a> <!--zusage:footer--></p>{networks}</footer>{tags}</body></html>'
)
#: our pages in networks: plain links, nothing of the networks is loaded; the hint stands beside them, before the click
_NETWORKS = Markup(
    '<p>Folgen Sie uns: {}</p><p id="networks">Hinweis: Der Betreiber des Netzwerks kann Ihre Daten auch außerhalb der '
    "Europäischen Union verarbeiten; das kann die Durchsetzung Ihrer Rechte erschweren.</p>"
).format(
    Markup(" ").join(
        Markup(
            '<a href="{}" rel="external noreferrer" aria-describedby="networks" title="Daten auch außerhalb der EU">{}</a>'
        ).format(*one)
        for one in (
            ("https://www.facebook.com/spanwerk.example", "Facebook"),
            ("https://www.linkedin.com/company/spanwerk-example", "LinkedIn"),
        )
    )
)
_MENU = {"/": "Start", "/preise": "Preise", "/videos": "Videos", "/kontakt": "Kontakt"}
_TAG = Markup('<script type="text/plain" data-zusage="{}" data-src="{}"></script>')


def page(
    title: str,
    body: Markup,
    *,
    interest: str = "",
    conversion: str = "",
    head: Markup | str = "",
    tags: bool = True,
) -> str:
    """A page of the website; `interest` says what its visitors may be interested in, `conversion` which campaign ends here,
    `tags` whether it is measured."""
    menu = Markup(" ").join(Markup('<a href="{}">{}</a>').format(path, name) for path, name in _MENU.items())
    made = Markup().join(_TAG.format(service, source) for service, source in TAGS.items()) if tags else ""
    facts = {"interest": interest, "conversion": conversion}
    attributes = Markup().join(Markup(' data-{}="{}"').format(*fact) for fact in facts.items() if fact[1])
    return _PAGE.format(
        title=title, head=head, attributes=attributes, menu=menu, body=body, networks=_NETWORKS, tags=made
    )


def embed(request: Request, service: str, source: str, title: str, content: str) -> Markup:
    """A placeholder for a frame of somebody else's: loaded once, or always for this provider, on a click."""
    visit = request.scope.get("zusage")
    return Markup(
        visit.embed(service, source, title, language="de", content=content) if visit else escape(title)
    )
