"""What we write out comes in again unchanged."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from regulars.cli.main import main
from tests.factories.intake import bring

pytestmark = pytest.mark.django_db

LIST = (
    "Customer ID,Given Name,Family Name,Email,Phone,Note,Street,City,Postcode,Email opt in\n"
    "'=7,Ruth,=cmd|' /C calc'!A0,ruth@example.com,+44 1632 960377,\"-5 loaves\n@home\","
    "1 Quay,Amble,NE65 0AA,no\n"
    "8,Zoë,O'Neill,zoe@example.com,01632 960378,'=kept,,,,\n"
)


@pytest.mark.parametrize("form", ["csv", "xlsx", "vcard"])
def test_an_export_of_the_list_comes_in_unchanged(
    business: object, at: object, tmp_path: Path, form: str
) -> None:
    bring("customers", LIST)
    out = tmp_path / f"list.{form}"

    told = ["export", "customers", "--to", str(out), "--format", form]
    written = CliRunner().invoke(main, told)
    again = CliRunner().invoke(main, ["import", "customers", str(out), "--json"])

    assert written.exit_code == 0, written.output
    report = json.loads(again.stdout)
    assert (report["created"], report["updated"], report["rejected"]) == (0, 0, 0)
    assert report["unchanged"] == 2
