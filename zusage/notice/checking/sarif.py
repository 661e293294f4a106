"""Findings as SARIF 2.1.0, for code review systems."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zusage import __version__
from zusage.findings import Finding, Severity
from zusage.text import Language

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def to_sarif(findings: Sequence[Finding], language: Language) -> dict[str, Any]:
    """One run with its rules and results."""
    rules = {
        finding.code: {"id": finding.code, "shortDescription": {"text": finding.message.says(language)}}
        for finding in findings
    }
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "zusage", "version": __version__, "rules": list(rules.values())}},
                "results": [_result(finding, language) for finding in findings],
            }
        ],
    }


def _result(finding: Finding, language: Language) -> dict[str, Any]:
    place = finding.place
    region = {"startLine": place.line or 1} | ({"startColumn": place.column} if place.column else {})
    message = finding.message.says(language)
    if finding.instead:
        message += f" → {finding.instead.says(language)}"
    return {
        "ruleId": finding.code,
        "level": _LEVELS[finding.severity],
        "message": {"text": message},
        "locations": [
            {"physicalLocation": {"artifactLocation": {"uri": place.file or "notice"}, "region": region}}
        ],
    }
