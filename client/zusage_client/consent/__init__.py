"""What an application needs to obey a visitor's choice: standard library only, no calls to the service.

The service and the applications in front of it share these few wire formats: the choice as it stands in the cookie, the
declared browser policy as JSON, the content security policy made from both, and the filter for a response.
"""

from zusage_client.consent.choice import Choice, Signal, Visitor, visitor
from zusage_client.consent.csp import content_security_policy
from zusage_client.consent.filtering import Filtered, filter_response, inject
from zusage_client.consent.lifetimes import ends, is_lifetime
from zusage_client.consent.policy import (
    BrowserPolicy,
    DeclaredItem,
    DeclaredPurpose,
    DeclaredService,
    PolicyUnreadable,
)
from zusage_client.consent.published import Published

__all__ = [
    "BrowserPolicy",
    "Choice",
    "DeclaredItem",
    "DeclaredPurpose",
    "DeclaredService",
    "Filtered",
    "PolicyUnreadable",
    "Published",
    "Signal",
    "Visitor",
    "content_security_policy",
    "ends",
    "filter_response",
    "inject",
    "is_lifetime",
    "visitor",
]
