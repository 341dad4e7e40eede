"""Agents that stay warm over the tests of a file, one a database."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults.agent import Agent, agent_on, fresh_database
from tests.servers import scratch_postgres


@pytest.fixture(scope="module")
def agents() -> Iterator[dict[str, Agent]]:
    """An agent on SQLite and one on PostgreSQL."""
    with ExitStack() as stack:
        server = stack.enter_context(scratch_postgres(Path(sys.prefix)))
        yield {
            "sqlite": stack.enter_context(agent_on("")),
            "postgres": stack.enter_context(agent_on(fresh_database(server, "faults"))),
        }


@pytest.fixture
def agent(agents: dict[str, Agent], request: pytest.FixtureRequest) -> Agent:
    """The agent on the database that a test is parametrised with."""
    return agents[request.getfixturevalue("database")]
