"""The size of batches: nearly all transactions stay under the time allowed, on a quiet, a busy and a changing machine."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from zusage.stores.sql.pacing import Pace

ALLOWED, OVERHEAD = 50.0, 2.0


def batches(price: Callable[[int], float], count: int = 400) -> list[tuple[int, float]]:
    """Rows and milliseconds of each batch, where a row of batch n costs `price(n)`."""
    pace, made = Pace(10_000, ALLOWED, 1_000, 100_000), []
    for number in range(count):
        rows = pace.size
        took = OVERHEAD + rows * price(number)
        made.append((rows, took))
        pace.note(rows, took, OVERHEAD)
    return made


def noisy(number: int, chance: random.Random, quiet: float) -> float:
    """One batch in eight takes up to three times as long."""
    return quiet * (chance.uniform(1.5, 3) if chance.random() < 0.125 else chance.uniform(0.9, 1.1))


@pytest.mark.parametrize("quiet", [0.0003, 0.003, 0.01])
def test_95_of_100_stay_below_on_a_busy_machine(quiet: float) -> None:
    chance = random.Random(7)
    made = batches(lambda number: noisy(number, chance, quiet))
    assert sum(took <= ALLOWED for _, took in made) >= 0.95 * len(made)
    assert sum(rows for rows, _ in made[50:]) / len(made[50:]) >= min(0.2 * ALLOWED / quiet, 90_000)


def test_a_steady_machine_gets_large_batches() -> None:
    made = batches(lambda number: 0.003)
    rows, took = made[-1]
    assert took <= ALLOWED
    assert rows * 0.003 >= 0.7 * ALLOWED


def test_it_follows_when_the_machine_gets_slower_and_quicker_again() -> None:
    made = batches(lambda number: 0.02 if 100 <= number < 200 else 0.002)
    slow = made[104:200]
    assert all(took <= ALLOWED for _, took in slow), "after a few batches"
    assert made[-1][0] * 0.002 >= 0.7 * ALLOWED


def test_a_slow_batch_makes_the_next_one_smaller_at_once() -> None:
    made = batches(lambda number: 0.02 if number in (50, 51, 52) else 0.003)
    (rows, slow), (then, took) = made[50], made[51]
    assert slow > ALLOWED
    assert then < rows
    assert took <= ALLOWED


def test_no_smaller_than_the_least_and_no_larger_than_the_most() -> None:
    assert batches(lambda number: 1.0)[-1][0] == 1_000
    assert batches(lambda number: 0.00001)[-1][0] == 100_000
