"""What other processes make ready is what this one would have made, whatever becomes of them."""

import multiprocessing
import os
import signal
from collections.abc import Generator, Iterator
from itertools import count
from typing import Any, cast

import pytest

from regulars.core.errors import Refusal
from regulars.customers.models import StagedCustomer
from regulars.intake import reading_ahead, staging
from regulars.intake.models import RowProblem, UntakenRow
from regulars.intake.reading_ahead import made_ahead
from tests.factories.intake import bring

LONG = "x" * 250
ROWS = (
    "Customer ID,First name,Last name,Email,Phone,Street,City,Since,Newsletter\n"
    "1,Ruth,Calloway,Ruth@Example.com,020 7946 0018,1 High Street,London,2020-01-02,no\n"
    "2,Anne-Marie,O'Neill,nobody at home,12,,Łódź,2021-02-30,yes\n"
    f"3,Bea,Moor,bea@example.com,+49 30 901820,{LONG},{LONG},,\n"
    "1,,,ruth@example.org,,,York,,yes\n"
    ",,,,,,,,\n"
    ",,,,,Nowhere 1,,,\n"
    "4,Ada,Loft,ada@example.com,,,,,,a cell too many\n"
    ",,,cleo@example.com,,,,,\n"
    "6,Ёлка,,,,,,,\n"
)


def staged(content: str) -> tuple[list[Any], ...]:
    item = bring("customers", content, dry=True)
    customers = StagedCustomer.objects.filter(import_id=item.pk).order_by("row_no")
    problems = RowProblem.objects.filter(file__of=item).order_by("row_no", "column", "message")
    untaken = UntakenRow.objects.filter(file__of=item).order_by("row_no")
    report = {name: told for name, told in item.report.items() if name != "import_id"}
    return (
        [{k: v for k, v in row.items() if k not in ("id", "import_id")}
         for row in customers.values()],
        list(problems.values_list("row_no", "column", "value", "message", "is_rejected")),
        list(untaken.values_list("row_no", "cells")),
        [report],
    )  # fmt: skip


@pytest.fixture
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "CHUNK", 2)


@pytest.mark.django_db
@pytest.mark.parametrize("others", [1, 2, 3])
def test_rows_read_ahead_are_staged_as_they_would_be_here(
    business: object, few_at_once: None, monkeypatch: pytest.MonkeyPatch, others: int
) -> None:
    here = staged(ROWS)
    started = []

    def start(make: Any) -> Iterator[Any]:
        started.append(make)
        return made_ahead(make)

    monkeypatch.setattr(staging, "WORTH_ROWS", 1)
    monkeypatch.setattr(reading_ahead, "MOST_OTHERS", others)
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    monkeypatch.setattr(staging, "made_ahead", start)

    assert staged(ROWS) == here
    assert len(started) == 1
    assert len(here[0]) == 5
    assert [row for row, _cells in here[2]] == [7, 8]


@pytest.mark.django_db
def test_a_file_that_is_broken_further_down_is_refused_from_there_too(
    business: object, few_at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f"{n},Ruth\n" for n in range(9))
    monkeypatch.setattr(staging, "WORTH_ROWS", 1)

    with pytest.raises(Refusal, match="opened in row 11 and never closed"):
        bring("customers", f'Customer ID,Name\n{rows}9,"Ruth\n')


def counted(first: int, step: int) -> Iterator[int]:
    yield from range(first, 7, step)


def test_pieces_come_in_their_order() -> None:
    assert list(made_ahead(counted)) == list(range(7))


# The fourth piece is that of the other that dies, or of the one that lives on.
@pytest.mark.parametrize("dies_at", [0, 3, 6], ids=["first", "midst", "last"])
def test_a_process_that_dies_leaves_no_gap(dies_at: int) -> None:
    here = os.getpid()

    def make(first: int, step: int) -> Iterator[int]:
        for piece in counted(first, step):
            if piece == dies_at and os.getpid() != here:
                os.kill(os.getpid(), signal.SIGKILL)
            yield piece

    assert list(made_ahead(make)) == list(range(7))


def test_an_error_there_is_met_here() -> None:
    def make(first: int, step: int) -> Iterator[int]:
        yield first
        raise RuntimeError("the disk is gone")

    pieces = made_ahead(make)

    assert next(pieces) == 0
    with pytest.raises(RuntimeError, match="the disk is gone"):
        list(pieces)


def test_whoever_stops_taking_leaves_no_process_behind() -> None:
    pieces = made_ahead(count)
    next(pieces)
    next(pieces)
    assert len(multiprocessing.active_children()) == min(2, os.cpu_count() or 1)

    cast(Generator[int, None, None], pieces).close()

    assert multiprocessing.active_children() == []
