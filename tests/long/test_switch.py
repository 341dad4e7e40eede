"""A thousand random days with disruptions, and 40 with real kills: `./dev long switch`."""

import pytest

from tests.faults.agent import Agent
from tests.faults.conftest import agents
from tests.faults.test_sample import each
from tests.recovery.test_switch import AT_A_TIME, house, play_days

__all__ = ["agents", "house"]


@pytest.mark.parametrize("first", range(1_000, 2_000, AT_A_TIME))
def test_nothing_sells_while_it_is_on(
    house: None,
    monkeypatch: pytest.MonkeyPatch,
    first: int,
) -> None:
    play_days(first, monkeypatch)


@pytest.mark.parametrize("is_everybody", [True, False], ids=["everybody", "a segment"])
@pytest.mark.parametrize("seed", range(100, 120))
def test_nothing_sells_though_processes_are_killed(
    agents: dict[str, Agent], seed: int, is_everybody: bool
) -> None:
    """Real senders and a real worker, ended by kill -9; judged by the files that left."""
    found = each(agents, "in_a_crisis", seed=seed, is_everybody=is_everybody, kills=24)

    for one in found.values():
        assert one["wrong"] == []
        assert one["kills"] >= 24
