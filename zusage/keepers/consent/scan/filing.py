"""A scan on file: what a later proof of the promises about browsers rests on."""

from __future__ import annotations

from urllib.parse import urlsplit

from zusage.keepers.consent.scan.scanning import ScanReport
from zusage.keepers.context import Context
from zusage.registers.scans import Scan, file_scan


def file_report(context: Context, report: ScanReport) -> None:
    """Keep what was found by code and place – no page, no address –, with an entry in the ledger."""
    states = tuple(one.state for one in report.observations)
    findings = tuple((one.code, one.severity.value, one.place.key) for one in report.findings)
    made = Scan(report.at, urlsplit(report.url).hostname or "", states, findings)
    with context.state.begin() as connection:
        file_scan(connection, made)
        facts = {"states": len(states), "findings": len(findings)}
        context.ledger.append(connection, "consent/scanned", facts, at=report.at, actor="scan")
