"""The second wall: a Content-Security-Policy made from the declared policy and the visitor's choice.

Markup that waits for consent is inert; should a page forget that, the browser refuses the request all the same.
"""

from __future__ import annotations

from zusage_client.consent.choice import Visitor
from zusage_client.consent.policy import BrowserPolicy, DeclaredService

#: Which kinds of service need which directives beyond images and connections.
_DIRECTIVES = {
    "script": ("script-src", "connect-src", "img-src", "style-src", "font-src", "frame-src"),
    "captcha": ("script-src", "connect-src", "img-src", "style-src", "frame-src"),
    "embed": ("frame-src", "child-src", "img-src", "media-src"),
    "pixel": ("img-src", "connect-src"),
    "font": ("font-src", "style-src"),
    "other": ("connect-src", "img-src"),
}
_ORDER = (
    "default-src", "script-src", "style-src", "img-src", "font-src", "connect-src", "media-src", "frame-src", "child-src",
    "object-src", "base-uri", "form-action", "frame-ancestors",
)  # fmt: skip


def content_security_policy(
    policy: BrowserPolicy,
    visitor: Visitor,
    nonce: str = "",
    *,
    trusted_types: bool = True,
    once: str = "",
    any_port: bool = False,
) -> str:
    """The header's value: `'self'`, what is strictly necessary, and what this visitor agreed to, nothing else.

    `nonce` (base64, fresh for each response) admits the page's own inline scripts and styles; `once` is a service that
    the visitor has just asked for this one time; with `any_port` a host is admitted on every port (for
    demonstrations, where stand-ins of the services listen where there is room). Raises `ValueError` for a nonce that
    could leave its quotes.
    """
    if (
        nonce
        and not nonce.replace("-", "")
        .replace("_", "")
        .rstrip("=")
        .replace("+", "")
        .replace("/", "")
        .isalnum()
    ):
        raise ValueError("a nonce is base64")
    sources: dict[str, list[str]] = {
        "default-src": ["'self'"],
        "script-src": ["'self'", *([f"'nonce-{nonce}'"] if nonce else [])],
        "style-src": ["'self'", *([f"'nonce-{nonce}'"] if nonce else [])],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'self'"],
    }
    if len(policy.shared_domains) > 1:
        # a link to another own domain brings the choice along
        port = ":*" if any_port else ""
        for domain in policy.shared_domains:
            sources["form-action"] += [f"{domain}{port}", f"*.{domain}{port}"]
    for service in policy.services:
        if service.purpose is None or service.id == once or visitor.allows(policy, service.id):
            _admit(service, sources, ":*" if any_port else "")
    parts = [f"{name} {' '.join(dict.fromkeys(sources[name]))}" for name in _ORDER if name in sources]
    if trusted_types:
        parts += ["require-trusted-types-for 'script'", "trusted-types zusage 'allow-duplicates'"]
    return "; ".join(parts)


def _admit(service: DeclaredService, sources: dict[str, list[str]], port: str) -> None:
    for directive in _DIRECTIVES.get(service.kind, _DIRECTIVES["other"]):
        sources.setdefault(directive, ["'self'"]).extend(f"{host}{port}" for host in service.hosts)
