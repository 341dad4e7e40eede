import os
import signal
from collections.abc import Iterator

import pytest

from regulars.core.ending import Asked


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    kept = {one: signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)}
    yield
    for one, handler in kept.items():
        signal.signal(one, handler)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT], ids=["a kill", "Ctrl+C"])
def test_whoever_is_asked_to_end_rests_no_longer(how: signal.Signals) -> None:
    asked = Asked()
    before = bool(asked)

    os.kill(os.getpid(), how)

    assert (before, bool(asked), asked.wait(3600)) == (False, True, True)


def test_whoever_is_not_asked_rests_and_goes_on() -> None:
    assert Asked().wait(0.01) is False


def test_being_asked_again_while_it_is_noted_holds_up_nothing() -> None:
    """An event with a lock waits for itself where a second signal interrupts the first."""
    asked = Asked()

    for _time in range(200):
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)

    assert asked
