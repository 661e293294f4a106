"""What each document says, from the declaration alone; how it looks is `documents`' matter."""

from zusage.notice.writing.catalogue import DOCUMENTS, DocumentName, write
from zusage.notice.writing.wording import Wording

__all__ = ["DOCUMENTS", "DocumentName", "Wording", "write"]
