"""RELIABILITY K1 to K13: senders killed and stopped at every point, on every kind of provider."""

import ast
from itertools import product
from pathlib import Path

import pytest

from tests.faults.agent import Agent
from tests.faults.expected import CERTAIN, DATABASES, KINDS, POINTS, WINDOWS, armed, broken

ROOT = Path(__file__).resolve().parents[2]
ROOMS = [ROOT / "regulars" / "messaging", ROOT / "tests" / "faults" / "fake_channel.py"]
ELSEWHERE = {"settle.searched", "expand.before_commit", "expand.after_chunk"}


@pytest.mark.parametrize(
    ("database", "kind", "window", "action", "letter"),
    list(product(DATABASES, KINDS, WINDOWS, ("kill9", "stop"), POINTS)),
)
def test_nothing_is_lost_or_repeated_whatever_point_a_sender_comes_to_grief_at(
    agent: Agent, database: str, kind: str, window: int, action: str, letter: str
) -> None:
    found = agent.ask("at_point", kind=kind, window=window, fault=armed(letter, window, action))

    doubtful = kind == "blind" and letter not in CERTAIN
    assert broken(found, most_unknown=window if doubtful else 0) == []


@pytest.mark.parametrize(("database", "action"), list(product(DATABASES, ("kill9", "stop"))))
def test_a_search_that_was_cut_short_is_made_again(
    agent: Agent, database: str, action: str
) -> None:
    """K11: between what a search found and writing it down."""
    found = agent.ask(
        "at_point", kind="searchable", window=16, prior="wire.answered:5:kill9",
        fault=f"settle.searched:2:{action}",
    )  # fmt: skip

    assert broken(found, most_unknown=0) == []


@pytest.mark.parametrize(
    ("database", "point", "written"),
    [
        (database, *rest)
        for database in DATABASES
        for rest in (("expand.before_commit", 200), ("expand.after_chunk", 300))
    ],
)
def test_a_mailing_half_written_is_made_whole(
    agent: Agent, database: str, point: str, written: int
) -> None:
    """K1: some of the rows are there."""
    found = agent.ask("expanding", fault=f"{point}:3:kill9")

    assert found["written"] == written
    assert broken(found, most_unknown=0) == []
    assert found["delivered"] == found["meant"] == 500


@pytest.mark.parametrize(("database", "kind"), list(product(DATABASES, KINDS)))
def test_an_event_that_overtakes_our_own_note_of_it_sends_nothing_again(
    agent: Agent, database: str, kind: str
) -> None:
    """K9: the provider says “delivered” before the sender has written down its answer."""
    found = agent.ask("in_a_gap", kind=kind, window=1, point="wire.answered", deed="tell")

    assert broken(found, most_unknown=0) == []
    assert found["states"] == {"delivered": 1, "accepted": 2}


@pytest.mark.parametrize(
    ("database", "point", "leaves"),
    [
        (database, *rest)
        for database in DATABASES
        for rest in (("claim.after_commit", 0), ("intents.after_commit", 16), ("wire.before", 16))
    ],
)
def test_who_unsubscribes_before_the_intent_gets_nothing(
    agent: Agent, database: str, point: str, leaves: int
) -> None:
    """K12: what was already leaving leaves, the rest never does."""
    found = agent.ask("in_a_gap", kind="blind", window=16, point=point, deed="unsubscribe")

    assert broken(found, most_unknown=0) == []
    assert found["delivered"] == leaves
    assert found["states"].get("suppressed") == 48 - leaves


@pytest.mark.parametrize(
    ("database", "point", "most"),
    [
        (database, *rest)
        for database in DATABASES
        for rest in (("claim.after_commit", 0), ("intents.after_commit", 8), ("wire.half", 8))
    ],
)
def test_stop_all_stops_within_a_second(agent: Agent, database: str, point: str, most: int) -> None:
    """K13: at 0.1 seconds a message, no more leave than fit into the time it takes to look up."""
    found = agent.ask("in_a_gap", kind="blind", window=16, point=point, deed="stop", delay=0.1)

    assert (found["repeated"], found["untrue"], found["unknown"]) == (0, 0, 0)
    assert found["in_time"] == found["after"] <= most
    assert found["states"].get("ready", 0) == 48 - found["after"]


def test_every_point_in_the_code_is_one_that_is_tried_here() -> None:
    files = [path for room in ROOMS for path in ([room] if room.is_file() else room.rglob("*.py"))]

    named = {
        node.args[0].value
        for path in files
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "fault"
        and isinstance(node.args[0], ast.Constant)
    }

    assert named == {*POINTS.values(), *ELSEWHERE}
