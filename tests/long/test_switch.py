"""A thousand random days with disruptions, and processes that end in them: `./dev long switch`."""

import pytest

from tests.recovery.test_switch import AT_A_TIME, house, play_days

__all__ = ["house"]


@pytest.mark.parametrize("first", range(1_000, 2_000, AT_A_TIME))
def test_nothing_sells_while_it_is_on(
    house: None,
    monkeypatch: pytest.MonkeyPatch,
    first: int,
) -> None:
    play_days(first, monkeypatch)
