"""RELIABILITY K18: the server of the database is killed in mid-send, and started again."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.agent import Agent, agent_on, fresh_database
from tests.faults.expected import KINDS, broken
from tests.faults.power import pid_of
from tests.servers import scratch_postgres


@pytest.fixture
def server() -> Iterator[str]:
    with scratch_postgres(Path(sys.prefix)) as url:
        yield url


@pytest.fixture
def agent(server: str) -> Iterator[Agent]:
    with agent_on(fresh_database(server, "killed")) as agent:
        yield agent


@pytest.mark.parametrize("kind", KINDS)
def test_a_database_that_dies_in_mid_send_loses_and_repeats_nothing(
    agent: Agent, server: str, kind: str
) -> None:
    found = agent.ask("without_a_database", kind=kind, window=16, pid=pid_of(server))
    os.kill(found["pid"], signal.SIGQUIT)

    assert 0 < found["before"] < found["meant"]
    # Two senders, each with one window in its hands.
    assert broken(found, most_unknown=2 * 16 if kind == "blind" else 0) == [], found
    assert found["delivered"] + found["unknown"] >= found["meant"]
