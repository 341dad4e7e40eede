"""RELIABILITY D4: what a restore must not forget stands in ledgers beside the backups."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from regulars.core import ledgers


@pytest.fixture
def heard() -> Iterator[list[ledgers.Line]]:
    """A ledger of the tests, and what was replayed of it."""
    lines: list[ledgers.Line] = []

    def replay(given: Iterator[ledgers.Line], _at: datetime) -> int:
        lines.extend(given)
        return len(lines)

    ledgers.register("tests", replay)
    yield lines
    ledgers._replays._things.pop("tests")


def own() -> Path:
    return ledgers.own_folder() / "tests.jsonl"


def test_lines_come_back_in_their_order(heard: list[ledgers.Line], at: datetime) -> None:
    ledgers.append("tests", {"seal": "ä1", "at": at})
    ledgers.append("tests", {"seal": "b2", "at": at})

    assert list(ledgers.lines_of("tests")) == [
        {"seal": "ä1", "at": str(at)}, {"seal": "b2", "at": str(at)},
    ]  # fmt: skip
    assert ledgers._replays["tests"](ledgers.lines_of("tests"), at) == 2
    assert [line["seal"] for line in heard] == ["ä1", "b2"]


@pytest.mark.usefixtures("heard")
def test_a_copy_stands_beside_the_backups(settings: object, tmp_path: Path) -> None:
    settings.BACKUPS = str(tmp_path / "elsewhere")  # type: ignore[attr-defined]

    ledgers.append("tests", {"seal": "a"})

    assert (tmp_path / "elsewhere/ledgers/tests.jsonl").read_text() == own().read_text()


@pytest.mark.usefixtures("heard")
def test_a_disk_out_of_reach_stops_nobody_and_is_brought_up_to_date(
    settings: object, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    settings.BACKUPS = str(tmp_path / "file")  # type: ignore[attr-defined]

    ledgers.append("tests", {"seal": "a"})
    ledgers.copy_to(tmp_path / "later")

    assert (tmp_path / "later/tests.jsonl").read_text() == own().read_text() == '{"seal":"a"}\n'


@pytest.mark.usefixtures("heard")
def test_a_line_torn_by_a_crash_swallows_no_other() -> None:
    ledgers.append("tests", {"seal": "a"})
    with own().open("a") as torn:
        torn.write('{"seal": "b')

    ledgers.append("tests", {"seal": "c"})

    assert list(ledgers.lines_of("tests")) == [{"seal": "a"}, {"seal": "c"}]


@pytest.mark.usefixtures("heard")
def test_gathering_adds_what_is_missing_once(tmp_path: Path) -> None:
    ledgers.append_all("tests", [{"seal": "a"}, {"seal": "b"}])
    (tmp_path / "tests.jsonl").write_text('{"seal":"a"}\n')

    for _time in range(2):
        ledgers.copy_to(tmp_path)

    assert (tmp_path / "tests.jsonl").read_text() == '{"seal":"a"}\n{"seal":"b"}\n'


def test_a_ledger_that_nobody_replays_is_refused() -> None:
    with pytest.raises(ValueError, match="no ledger"):
        ledgers.append("nobody", {"seal": "a"})


def test_a_copy_that_lags_behind_gets_what_comes_after_in_its_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledgers, "AT_ONCE", 2)
    copy = tmp_path / "copy.jsonl"
    lines = [json.dumps({"n": number}) for number in range(7)]

    for known in (0, 3, 7, 7):
        ledgers.gather(copy, lines[:known])

    assert copy.read_text().splitlines() == lines


def test_where_copy_and_ledger_differ_nothing_is_lost_and_nothing_written_twice(
    tmp_path: Path,
) -> None:
    copy = tmp_path / "copy.jsonl"
    copy.write_text("a\nx\nb\n")

    for _time in range(2):
        ledgers.gather(copy, ["a", "b", "c", "d"])

    assert copy.read_text().splitlines() == ["a", "x", "b", "c", "d"]


def test_a_copy_that_knows_more_keeps_it(tmp_path: Path) -> None:
    copy = tmp_path / "copy.jsonl"
    copy.write_text("a\nb\nc\n")

    ledgers.gather(copy, ["a", "b"])

    assert copy.read_text().splitlines() == ["a", "b", "c"]


def test_a_line_torn_within_a_letter_is_left_out(tmp_path: Path) -> None:
    file = ledgers.own_folder() / "suppression.jsonl"
    file.parent.mkdir(parents=True)
    file.write_bytes('{"n": 1}\n{"n": "ü'.encode()[:-1] + b'\n{"n": 2}\n')

    assert [line["n"] for line in ledgers.lines_of("suppression")] == [1, 2]
