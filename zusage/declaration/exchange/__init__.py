"""Exchange with TILT (Transparency Information Language and Toolkit) and the W3C Data Privacy Vocabulary.

What the other format cannot hold is listed as findings, not dropped silently.
"""

from zusage.declaration.exchange.dpv import to_dpv
from zusage.declaration.exchange.tilt_export import to_tilt
from zusage.declaration.exchange.tilt_import import from_tilt

__all__ = ["from_tilt", "to_dpv", "to_tilt"]
