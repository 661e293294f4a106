"""How pages are made: templates, languages, errors that a person can read, the same content as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from fastapi.encoders import jsonable_encoder
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from zusage.declaration.strict_yaml import parse
from zusage.law.citations import Citation
from zusage.server.translating import in_language
from zusage.text import LANGUAGES, Language
from zusage.workspace import Workspace

HERE = Path(__file__).parent
STATIC = HERE / "static"
WORDS = ("words.yaml", "console.yaml")
LANGUAGE_COOKIE = "lang"
#: what is said often, and its words for people
PROBLEMS = {
    "no access": "problem-no-access",
    "no access: the data protection officer has not released this case": "problem-not-released",
    "your role may not do this": "forbidden",
    "the form is too old; load the page again": "problem-old-form",
    "the plan changed since it was shown; look again": "problem-plan-changed",
    "something is missing or does not fit": "problem-invalid",
    "not from here": "problem-elsewhere",
}


class Pages:
    """Renders templates for one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.languages = workspace.declaration.languages
        self.words: Mapping[str, Mapping[str, str]] = {
            key: said
            for name in WORDS
            for key, said in parse((HERE / name).read_text("utf-8"), name).data.items()
        }
        oidc = workspace.settings.oidc
        #: who else vouches for logins, by name
        self.provider = urlsplit(oidc.issuer).netloc if oidc else None
        self.zone = ZoneInfo(workspace.declaration.time_zone)
        self.templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=select_autoescape(default=True, default_for_string=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def language(self, request: Request) -> Language:
        """`?lang=`, then the cookie, then `Accept-Language`, then the declaration's first language."""
        asked = [request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)]
        asked += [part.strip()[:2].lower() for part in request.headers.get("accept-language", "").split(",")]
        for one in asked:
            if one in LANGUAGES and one in self.languages:
                return one
        return self.languages[0]

    def render(
        self, request: Request, name: str, status: int = 200, *, spoken: Language | None = None, **values: Any
    ) -> Response:
        """A page from the template `name`, in the caller's language, or in the one that was spoken before (`spoken`)."""
        asks = request.query_params.get("lang") in self.languages
        language = spoken if spoken in self.languages and not asks else self.language(request)
        address = self.workspace.declaration.address

        def say(key: str, **filled: Any) -> str:
            phrase = self.words[key]
            said = phrase["en"] if language == "en" else phrase.get(address, phrase["de"])
            return said.format(**filled) if filled else said

        def named(kind: str, value: str) -> str:
            return say(f"{kind}-{value}") if f"{kind}-{value}" in self.words else value

        def day(at: datetime) -> str:
            return at.astimezone(self.zone).strftime("%d.%m.%Y" if language == "de" else "%Y-%m-%d")

        def cited(law: str) -> str:
            return Citation.parse_id(law).text(language)

        def moment(at: datetime) -> str:
            return f"{day(at)} {at.astimezone(self.zone):%H:%M}"

        html = self.templates.get_template(name).render(
            say=say, named=named, day=day, moment=moment, cited=cited, zone=self.zone.key, language=language,
            languages=self.languages, declaration=self.workspace.declaration, path=request.url.path,
            login=getattr(request.state, "login", None), provider=self.provider, **values,
        )  # fmt: skip
        answer = HTMLResponse(html, status_code=status)
        asked = request.query_params.get("lang")
        if asked in self.languages:
            # strictly necessary (§ 25(2) no. 2 TDDDG): the language the person asked for, for the session only
            answer.set_cookie(
                LANGUAGE_COOKIE,
                str(asked),
                httponly=True,
                samesite="lax",
                secure=request.url.scheme == "https",
            )
        return answer

    def answer(self, request: Request, name: str, data: Any, **values: Any) -> Response:
        """A page, or with `?format=json` the same facts for programs (DESIGN, rule 11)."""
        if request.query_params.get("format") == "json":
            return JSONResponse(jsonable_encoder(data))
        return self.render(request, name, **values)

    def problem(self, request: Request, status: int, message: str | None, hint: str | None) -> Response:
        """An error as a page or, for programs, as JSON."""
        if request.url.path.startswith("/api/") or "application/json" in request.headers.get("accept", ""):
            return JSONResponse({"error": message or "not found", "hint": hint}, status_code=status)
        said, language = PROBLEMS.get(message or ""), self.language(request)
        return self.render(
            request, "problem.html", status, status_code=status, said=said,
            message=in_language(message, language), hint=in_language(hint, language),
        )  # fmt: skip


def pages_of(request: Request) -> Pages:
    """The pages of the application that a request came to."""
    found: Pages = request.app.state.pages
    return found
