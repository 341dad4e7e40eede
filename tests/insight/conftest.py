"""Counting often: the tests of a module share one clerk; tests/engines start each their own."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from regulars.engines import opening
from regulars.engines.correspondence import Clerk, clerk_of_the_database


class ClerkAtHand:
    """A clerk who stays between counts, and is replaced after a count that failed."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._clerk: Clerk | None = None

    @contextmanager
    def lent(self) -> Iterator[Clerk]:
        clerk = self._clerk or self._stack.enter_context(clerk_of_the_database())
        self._clerk = None
        yield clerk
        # Their snapshot goes with them: PostgreSQL empties no table that someone still reads.
        clerk.end_reading()
        self._clerk = clerk

    def leave(self) -> None:
        self._stack.close()


@pytest.fixture(scope="module")
def clerk_at_hand(django_db_setup: None) -> Iterator[ClerkAtHand]:
    clerk = ClerkAtHand()
    yield clerk
    clerk.leave()


@pytest.fixture(autouse=True)
def _the_clerk_stays(clerk_at_hand: ClerkAtHand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "clerk_of_the_database", clerk_at_hand.lent)
