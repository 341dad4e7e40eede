"""Bad input: refused whole without a trace, or reported row by row with the rest taken."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from regulars.cli.main import main
from regulars.core import jobs
from regulars.core.instance import settle_identity
from regulars.core.models import Job
from regulars.intake import bringing_in
from regulars.intake.models import Import
from regulars.orders.models import Order
from regulars.team.models import Business, Member
from tests.factories.bad_files import BAD_FILES, HEADING, BadFile, make_limits_small
from tests.factories.instance import all_files, all_rows
from tests.factories.intake import bring

pytestmark = pytest.mark.django_db

GOOD = HEADING + "1,2026-11-02,7,£5.00\n"


@pytest.fixture(params=["named", "undescribed"])
def instance(request: pytest.FixtureRequest, at: object) -> str:
    """One with a business, its owner and what was brought in; and one nobody has described.

    It knows itself already: the first command of all would write that down.
    """
    settle_identity()
    if request.param == "named":
        request.getfixturevalue("owner")
        bring("orders", GOOD)
    return str(request.param)


@pytest.fixture
def handled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The jobs that were run at once: what begins reading the whole of a file."""
    names: list[str] = []
    run_now = jobs.run_now

    def noted(name: str, **more: Any) -> Job:
        names.append(name)
        return run_now(name, **more)

    monkeypatch.setattr(jobs, "run_now", noted)
    return names


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.mark.parametrize("bad", BAD_FILES, ids=str)
@pytest.mark.parametrize("dry", [(), ("--dry-run",)], ids=["", "dry"])
def test_a_file_refused_whole_leaves_nothing_behind(
    tmp_path: Path, instance: str, handled: list[str], monkeypatch: pytest.MonkeyPatch,
    bad: BadFile, dry: tuple[str, ...],
) -> None:  # fmt: skip
    make_limits_small(monkeypatch)
    (tmp_path / bad.name).write_bytes(bad.content)
    rows, files = all_rows(), all_files()

    result = run("import", "orders", tmp_path / bad.name, "--json", *dry)

    assert result.exit_code == 1, result.output
    assert bad.sentence in result.stderr
    assert bad.remedy in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""
    assert bool(handled) is bad.is_late
    assert all_rows() == rows
    assert all_files() == files


@pytest.mark.parametrize("nth", [0, 1], ids=["first", "second"])
def test_of_several_files_none_is_taken_when_one_is_refused(
    tmp_path: Path, instance: str, nth: int
) -> None:
    contents = ["order_id,date\n1,2026-11-02\n", "order_id,price\n1,5\n"]
    contents[nth] += '2,"'
    words = [f"{role}={tmp_path / role}.csv" for role in ("orders", "lines")]
    for role, content in zip(("orders", "lines"), contents, strict=True):
        (tmp_path / f"{role}.csv").write_text(content)
    rows, files = all_rows(), all_files()

    result = run("import", "orders", *words)

    assert result.exit_code == 1
    assert result.stderr.startswith(("orders.csv: ", "lines.csv: ")[nth])
    assert all_rows() == rows
    assert all_files() == files


def test_a_currency_that_nobody_knows_is_refused(tmp_path: Path, instance: str) -> None:
    (tmp_path / "till.csv").write_text(GOOD)
    rows, files = all_rows(), all_files()

    result = run("import", "orders", tmp_path / "till.csv", "--currency", "pound")

    assert result.exit_code == 1
    assert "“POUND” is no currency that we know. Write the three letters" in result.stderr
    assert (all_rows(), all_files()) == (rows, files)


def test_a_command_that_is_broken_off_while_reading_leaves_nothing(
    tmp_path: Path, instance: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken_off(*_args: object) -> None:
        raise KeyboardInterrupt

    (tmp_path / "till.csv.gz").write_bytes(gzip.compress(GOOD.encode(), mtime=0))
    rows, files = all_rows(), all_files()
    monkeypatch.setattr(bringing_in, "_add_untaken", broken_off)

    result = run("import", "orders", tmp_path / "till.csv.gz")

    assert result.exit_code == 1
    assert (all_rows(), all_files()) == (rows, files)


def test_a_dry_run_before_anybody_has_described_the_business_describes_none(
    tmp_path: Path, at: object
) -> None:
    (tmp_path / "till.csv").write_text(GOOD)

    result = run("import", "orders", tmp_path / "till.csv", "--dry-run")

    assert result.exit_code == 0, result.output
    assert Import.objects.get().is_dry_run
    assert not Business.objects.exists()
    assert not Member.objects.exists()
    assert [*all_files()] == ["instance.json"]


@pytest.mark.parametrize(
    ("total", "words", "currency"),
    [
        ("£5.00", (), "GBP"),
        ("5.00", ("--currency", "sek"), "SEK"),
        # No business counts in marks today: what this computer says is better.
        ("5.00", ("--currency", "dem"), "EUR"),
    ],
)
def test_a_business_begun_by_a_file_counts_as_the_file_does(
    tmp_path: Path, at: object, monkeypatch: pytest.MonkeyPatch, total: str,
    words: tuple[str, ...], currency: str,
) -> None:  # fmt: skip
    monkeypatch.setenv("TZ", "Europe/Paris")
    (tmp_path / "till.csv").write_text(f"{HEADING}1,2026-11-02,7,{total}\n")

    result = run("import", "orders", tmp_path / "till.csv", *words)

    assert result.exit_code == 0, result.output
    begun = Business.objects.get()
    assert (begun.currency, begun.time_zone, begun.country) == (currency, "Europe/Paris", "FR")
    assert f"it counts in {currency}, in the time zone Europe/Paris" in result.stderr


@pytest.mark.parametrize(
    ("row", "column", "why"),
    [
        ("2,31.02.2026,7,5.00", "Date", "The calendar has no 31.2.2026."),
        ("2,soon,7,5.00", "Date", "“soon” is not a date that can be read."),
        ("2,2026-11-25,7,5.00", "Date", "“2026-11-25” lies in the future."),
        ("2,2026-11-02,7,a lot", "Total", "“a lot” is not a number."),
        ("2,2026-11-02,7,5.00.1", "Total", "“5.00.1” is not a number."),
    ],
)
def test_a_row_that_cannot_be_read_is_reported_and_the_rest_is_taken(
    tmp_path: Path, instance: str, row: str, column: str, why: str
) -> None:
    rows = [f"{n},2026-11-02,7,5.00\n" for n in (11, 12, 13)]
    (tmp_path / "till.csv").write_text(HEADING + rows[0] + f"{row}\n" + rows[1] + rows[2])

    result = run("import", "orders", tmp_path / "till.csv", "--json")

    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert report["problems"] == [
        {"file": "till.csv", "row": 3, "column": column, "message": why}
    ]  # fmt: skip
    assert (report["rows"], report["created"], report["rejected"]) == (4, 3, 1)
    taken = Order.objects.exclude(external_id="1").order_by("external_id")
    assert list(taken.values_list("external_id", flat=True)) == ["11", "12", "13"]
