"""Well-known services, cookies, companies, and the words of notices, in German and English: data, and how to find them.

Everything a lawyer may want to add stands in the YAML files under `data/`; nothing here names a single service.
"""

from zusage.lexicon.entries import (
    Authority,
    Company,
    Cookie,
    Service,
    authorities,
    companies,
    company_named,
    cookie_named,
    cookies,
    service_named,
    services,
)
from zusage.lexicon.phrases import Hit, PhraseIndex, fold
from zusage.lexicon.questions import forbidden_question, is_content_only
from zusage.lexicon.words import (
    category_index,
    is_agent,
    legal_forms,
    names_data,
    recipient_ending,
    recipient_index,
    special_category,
    topics_of,
)

__all__ = [
    "Authority",
    "Company",
    "Cookie",
    "Hit",
    "PhraseIndex",
    "Service",
    "authorities",
    "category_index",
    "companies",
    "company_named",
    "cookie_named",
    "cookies",
    "fold",
    "forbidden_question",
    "is_agent",
    "is_content_only",
    "legal_forms",
    "names_data",
    "recipient_ending",
    "recipient_index",
    "service_named",
    "services",
    "special_category",
    "topics_of",
]
