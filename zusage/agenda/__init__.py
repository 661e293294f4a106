"""The agenda: what is due later. Work that waits is a row with a state and a due date, never a sleeping thread."""

from zusage.agenda.handlers import Handlers, OutsideWork, Then, UnknownStep, Work
from zusage.agenda.items import (
    BadItem,
    Item,
    State,
    cancel,
    expire,
    items,
    last_tick,
    overdue,
    reschedule,
    schedule,
    unscheduled,
)
from zusage.agenda.ticking import Failed, LeaseLost, TickReport, tick
from zusage.agenda.working import work, worker_name

__all__ = [
    "BadItem", "Failed", "Handlers", "Item", "LeaseLost", "OutsideWork", "State", "Then", "TickReport", "UnknownStep",
    "Work", "cancel", "expire", "items", "last_tick", "overdue", "reschedule", "schedule", "tick", "unscheduled",
    "work", "worker_name",
]  # fmt: skip
