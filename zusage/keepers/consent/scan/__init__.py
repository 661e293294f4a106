"""The look at reality: a real browser visits the site in four states, and what it saw is compared with the declaration."""

from zusage.keepers.consent.scan.comparing import compare
from zusage.keepers.consent.scan.declared import DeclaredSite, declared_from
from zusage.keepers.consent.scan.evidence import read_wec
from zusage.keepers.consent.scan.launching import MissingBrowser
from zusage.keepers.consent.scan.observed import STATES, BannerLook, Call, Observation, Request, State, Stored
from zusage.keepers.consent.scan.scanning import ScanReport, scan_site

__all__ = [
    "STATES",
    "BannerLook",
    "Call",
    "DeclaredSite",
    "MissingBrowser",
    "Observation",
    "Request",
    "ScanReport",
    "State",
    "Stored",
    "compare",
    "declared_from",
    "read_wec",
    "scan_site",
]
