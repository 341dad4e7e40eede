import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from regulars.cli.main import main
from regulars.customers.models import Customer
from regulars.orders.models import Order

pytestmark = pytest.mark.django_db

TILL = "Receipt,Date,Customer ID,Total\n1,2026-11-02,7,5.00\n2,31.02.2026,7,5.00\n"


@pytest.fixture
def folder(tmp_path: Path, at: object) -> Path:
    (tmp_path / "till.csv").write_text(TILL)
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def as_json(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_import_answers_with_the_keys_that_programs_rely_on(folder: Path, business: object) -> None:
    """DESIGN section 6."""
    report = as_json(run("import", "orders", str(folder / "till.csv"), "--json"))

    number = report.pop("import_id")
    assert number > 0
    assert {name: report[name] for name in ("rows", "created", "updated", "unchanged", "rejected",
            "skipped", "orders", "customers", "lines", "total", "problems")} == {
        "rows": 2, "created": 1, "updated": 0, "unchanged": 0, "rejected": 1, "skipped": 0,
        "orders": 1, "customers": 1, "lines": 1, "total": {"GBP": 500},
        "problems": [{"file": "till.csv", "row": 3, "column": "Date",
                      "message": "The calendar has no 31.2.2026."}],
    }  # fmt: skip
    assert Order.objects.count() == 1


def test_import_says_in_words_what_it_did(folder: Path, business: object) -> None:
    result = run("import", "orders", str(folder / "till.csv"))

    assert result.exit_code == 0
    assert "Brought in 2 rows: 1 new, 0 changed, 0 unchanged, 1 not readable" in result.output
    assert "till.csv, row 3, Date: The calendar has no 31.2.2026." in result.output


def test_a_dry_run_changes_nothing_and_is_listed(folder: Path, business: object) -> None:
    report = as_json(run("import", "orders", str(folder / "till.csv"), "--dry-run", "--json"))

    listed = as_json(run("imports", "list", "--json"))
    assert not Order.objects.exists()
    assert (listed["list"], listed["count"]) == ("imports", 1)
    assert listed["items"][0]["import_id"] == report["import_id"]
    assert listed["items"][0]["dry_run"] is True


@pytest.mark.parametrize("nested", [True, False])
def test_a_mapping_file_says_which_column_is_what(
    folder: Path, business: object, nested: bool
) -> None:
    (folder / "list.csv").write_text("A,B\nRuth,ruth@example.com\n")
    told: Any = {"name": "A", "email": "B"}
    (folder / "map.json").write_text(json.dumps({"customers": told} if nested else told))

    as_json(run("import", "customers", str(folder / "list.csv"), "--mapping",
                str(folder / "map.json"), "--json"))  # fmt: skip

    assert Customer.objects.get().name == "Ruth"


def test_files_by_role(folder: Path, business: object) -> None:
    (folder / "o.csv").write_text("order_id,date\n1,2026-11-02\n")
    (folder / "l.csv").write_text("order_id,price\n1,5\n1,6\n")

    words = (f"orders={folder / 'o.csv'}", f"lines={folder / 'l.csv'}")
    report = as_json(run("import", "orders", *words, "--json"))

    assert (report["rows"], report["lines"], report["total"]) == (3, 2, {"GBP": 1100})


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("orders", "nowhere.csv"), "There is no file nowhere.csv."),
        (("weather", "till.csv"), "“weather” is nothing that can be brought in."),
        (("orders", "reviews=till.csv"), "There is no file called “reviews” among orders."),
        (("customers", "empty.csv"), "The file is empty."),
    ],
)
def test_a_refusal_is_a_sentence_with_the_remedy_and_exit_code_1(
    folder: Path, business: object, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...],
    sentence: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(folder)
    (folder / "empty.csv").touch()

    result = run("import", *words)

    assert result.exit_code == 1
    assert sentence in result.stderr
    assert result.stdout == ""


def test_a_wrong_option_is_usage(folder: Path) -> None:
    assert run("import", "orders").exit_code == 2


def test_list_says_when_there_is_nothing(db: None) -> None:
    assert run("imports", "list").exit_code == 0
    assert as_json(run("imports", "list", "--json")) == {"list": "imports", "count": 0, "items": []}
