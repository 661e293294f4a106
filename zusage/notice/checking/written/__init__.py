"""Checking a notice's text: complete, valid by the law of the day, free of contradictions and remains of templates."""

from zusage.notice.checking.written.checking import check_notice

__all__ = ["check_notice"]
