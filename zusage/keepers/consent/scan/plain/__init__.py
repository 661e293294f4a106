"""The look at pages without a browser: whether each own site leads to notice and imprint, whether links lead anywhere,
and whether forms, scripts and frames of others stand where the declaration says."""

from zusage.keepers.consent.fetching import Fetched, Fetcher
from zusage.keepers.consent.scan.plain.linked import check_links, check_own_version
from zusage.keepers.consent.scan.plain.own import check_pages

__all__ = ["Fetched", "Fetcher", "check_links", "check_own_version", "check_pages"]
