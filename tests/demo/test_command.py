"""`regulars demo`, from the shell."""

import json
from datetime import datetime

import pytest
from click.testing import CliRunner

from regulars.cli.main import main
from regulars.core import ledgers
from regulars.customers.models import Customer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.same_on_each
def test_demo_loads_says_so_twice_and_removes(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("regulars.demo.actions._count", lambda *_day, **_by: None)
    shell = CliRunner()

    loaded = json.loads(shell.invoke(main, ["demo", "--day", "2026-11-20", "--json"]).stdout)
    missing = {name: list(ledgers._checks[name](ledgers.lines_of(name)))
               for name in ledgers._checks.names()}  # fmt: skip
    again = shell.invoke(main, ["demo"])
    gone = json.loads(shell.invoke(main, ["demo", "--remove", "--json"]).stdout)
    nothing = shell.invoke(main, ["demo", "--remove"])

    assert (loaded["day"], loaded["customers"], loaded["loaded"]) == ("2026-11-20", 412, True)
    # What the sample's people refused is in the ledgers: a start has nothing to warn of.
    assert missing == {"erasures": [], "suppression": [], "refusals": []}
    assert list(ledgers.lines_of("suppression")) != []
    assert again.stdout == "The sample business is here already, as of 2026-11-20.\n"
    assert gone == {"removed": True, "customers": 412, "orders": loaded["orders"]}
    assert nothing.stdout == "There is no sample business here.\n"
    assert (again.exit_code, nothing.exit_code) == (0, 0)


def test_demo_refuses_among_customers_with_exit_code_1(at: datetime, business: object) -> None:
    Customer.objects.create(name="Own Customer", sort_name="own", created_at=at, updated_at=at)

    refused = CliRunner().invoke(main, ["demo"])

    assert refused.exit_code == 1
    assert refused.stdout == ""
    assert "customers of its own" in refused.stderr


def test_demo_refuses_a_day_to_come_and_what_is_no_day(at: datetime) -> None:
    shell = CliRunner()

    assert shell.invoke(main, ["demo", "--day", "2027-01-01"]).exit_code == 1
    assert shell.invoke(main, ["demo", "--day", "yesterday"]).exit_code == 2
