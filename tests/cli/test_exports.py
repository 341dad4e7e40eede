import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from regulars.cli.exports import export
from tests.factories.customers import make_customer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]


def test_export_reads_the_format_from_the_ending(tmp_path: Path) -> None:
    make_customer("Ruth Calloway")
    file = tmp_path / "list.vcf"

    done = CliRunner().invoke(export, ["customers", "--to", str(file), "--json"])

    assert json.loads(done.stdout) == {
        "file": str(file), "what": "customers", "format": "vcard", "rows": 1, "cut": 0,
    }  # fmt: skip
    assert "FN:Ruth Calloway" in file.read_text()


def test_export_refuses_what_a_format_cannot_hold(tmp_path: Path) -> None:
    file = tmp_path / "orders.vcf"

    done = CliRunner().invoke(export, ["orders", "--to", str(file)])

    assert (done.exit_code, file.exists()) == (1, False)
    assert "An address book holds customers only." in str(done.exception)


def test_export_asks_for_a_folder_that_is_there(tmp_path: Path) -> None:
    done = CliRunner().invoke(export, ["customers", "--to", str(tmp_path / "no" / "list.csv")])

    assert done.exit_code == 2
