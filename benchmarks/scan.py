"""`python -m benchmarks.scan`: the scanner on a page with known truth, in four states.

13 stored items (one late, one on scrolling, one on a sub-page, one by a third party) and 7 third-party endpoints; the best
measured rival, the EDPS Website Evidence Collector, finds 10 and 7 in one state at about 8 s a page.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime

from tests.keepers.consent.scan.known import ENDPOINTS, STORED, known_site
from tests.support.browser import chromium
from zusage.keepers.consent.scan import STATES, DeclaredSite, scan_site
from zusage_client.consent import BrowserPolicy


def main() -> int:
    """Prints what was found in each state; exit code 1 where something was missed or it took too long."""
    good = True
    with known_site() as port:
        url = f"http://known.localhost:{port}/"
        started = time.monotonic()
        report = scan_site(
            url,
            DeclaredSite(BrowserPolicy(), asks=False),
            now=datetime.now(UTC),
            pages=["/unten"],
            program=chromium(),
        )
        seconds = time.monotonic() - started
    visits = 0
    for state in STATES:
        seen = report.observed(state)
        items = len(STORED & {(item.kind, item.name) for item in seen.stored})
        hosts = len(ENDPOINTS & {request.host.partition(".")[0] for request in seen.requests})
        visits += len(seen.pages)
        print(
            f"{state}: {items} of {len(STORED)} stored items, {hosts} of {len(ENDPOINTS)} endpoints, {len(seen.pages)} pages"
        )
        good = good and items == len(STORED) and hosts == len(ENDPOINTS)
    each, all_ = seconds / visits, seconds * len(STATES) / visits
    print(f"{seconds:.1f} s for {visits} visits in {len(STATES)} states, the browser's start included:")
    print(f"{each:.1f} s a page and state; a page in all states {all_:.1f} s (limit 8)")
    return 0 if good and all_ <= 8 else 1


if __name__ == "__main__":
    sys.exit(main())
