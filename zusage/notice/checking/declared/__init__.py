"""Checking a declaration: complete (Art. 13, 14), valid by the law of the day, free of contradictions."""

from zusage.notice.checking.declared.checking import check_declaration

__all__ = ["check_declaration"]
