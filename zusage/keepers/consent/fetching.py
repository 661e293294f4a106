"""Pages as plain HTTP gives them: status, where it led, text. Nothing is kept, no cookie is sent."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpx2

from zusage import __version__

_SECONDS = 10.0
_REDIRECTS = 5
_MOST = 2_000_000


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address gave: `status` 0 where nothing answered; `url` is where it led in the end."""

    asked: str
    url: str
    status: int
    text: str = ""
    cookies: tuple[str, ...] = ()

    @property
    def host(self) -> str:
        """The host that answered in the end."""
        return urlsplit(self.url).hostname or ""


class _Rerouted(httpx2.BaseTransport):
    """Finds hosts elsewhere (`host` or `*` for all → `address:port`), under their own name and certificate."""

    def __init__(self, inner: httpx2.BaseTransport, resolved: Mapping[str, str]) -> None:
        self.inner, self.resolved = inner, resolved

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        host = request.url.host
        if there := self.resolved.get(host, self.resolved.get("*")):
            address, _, port = there.partition(":")
            request.extensions = {**request.extensions, "sni_hostname": host}
            request.url = request.url.copy_with(host=address, port=int(port) if port else None)
        return self.inner.handle_request(request)

    def close(self) -> None:
        self.inner.close()


class Fetcher:
    """Gets pages. `resolved` as in `--resolve`; `insecure` takes any certificate."""

    def __init__(self, resolved: Mapping[str, str] | None = None, *, insecure: bool = False) -> None:
        context = ssl.create_default_context()
        if insecure:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        transport = _Rerouted(httpx2.HTTPTransport(verify=context), resolved or {})
        agent = {
            "user-agent": f"zusage-scan/{__version__}",
            "accept": "text/html, */*",
            "accept-language": "de",
        }
        self._client = httpx2.Client(
            transport=transport, timeout=_SECONDS, headers=agent, follow_redirects=False
        )
        self._kept: dict[str, Fetched] = {}

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, url: str) -> Fetched:
        """The answer to an address, redirects followed; each address is asked once."""
        bare = url.partition("#")[0]
        if bare not in self._kept:
            self._kept[bare] = self._ask(bare)
        return self._kept[bare]

    def _ask(self, asked: str) -> Fetched:
        url, cookies = asked, list[str]()
        for _ in range(_REDIRECTS + 1):
            try:
                answer = self._client.get(url)
            except (httpx2.HTTPError, httpx2.InvalidURL, ssl.SSLError, ValueError):
                return Fetched(asked, url, 0)
            cookies += [one.partition("=")[0] for one in answer.headers.get_list("set-cookie")]
            self._client.cookies.clear()
            if answer.is_redirect and (to := answer.headers.get("location")):
                url = urljoin(url, to)
                continue
            return Fetched(asked, url, answer.status_code, answer.text[:_MOST], tuple(cookies))
        return Fetched(asked, url, 0)
