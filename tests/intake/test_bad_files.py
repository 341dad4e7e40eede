"""Bad files on the screens, and quotation marks that only look as if they were open."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from regulars.core import jobs
from regulars.core.actor import COMMAND
from regulars.core.errors import Refusal
from regulars.core.models import Job
from regulars.intake import actions
from regulars.intake.models import Import
from regulars.intake.reading import open_table
from regulars.orders.models import Order
from regulars.team.models import Member
from tests.factories.bad_files import BAD_FILES, FIRST_BYTES, ROWS, BadFile, make_limits_small
from tests.factories.instance import Held, all_files, all_rows
from tests.factories.intake import A_DAY, bring, make_file

Signed = Callable[[Member], Client]
AT_ONCE = [bad for bad in BAD_FILES if not bad.is_late]
WITHOUT_COLUMN = [bad for bad in BAD_FILES if bad.what in ("no date", "nobody")]
WHILE_READING = [bad for bad in BAD_FILES if bad.is_late and bad not in WITHOUT_COLUMN]
# What the answer to an upload leaves: the import, its file's name, the job, and who was refused.
ANSWER = {"intake_import", "intake_importfile", "core_job", "core_auditentry"}


@pytest.fixture
def client(
    client_of: Signed, owner: Member, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> Client:
    make_limits_small(monkeypatch)
    bring("orders", ROWS)
    signed_in = client_of(owner)
    # Whatever a first visit writes has nothing to do with the file.
    signed_in.get(reverse("intake:list"))
    return signed_in


def upload(client: Client, bad: BadFile) -> Any:
    posted = {"orders": SimpleUploadedFile(bad.name, bad.content), "source": "till"}
    return client.post(f"{reverse('intake:new')}?kind=orders", posted)


def ask_to_check(client: Client) -> tuple[Import, Any]:
    item = Import.objects.latest("id")
    chosen = {f"orders:{field}": name for field, name in item.files.get().mapping.items()}
    return item, client.post(reverse("intake:columns", args=[item.pk]), chosen)


def changed(before: Held) -> set[str]:
    after = all_rows()
    return {name for name in before.keys() | after if before.get(name) != after.get(name)}


@pytest.mark.parametrize("bad", AT_ONCE, ids=str)
def test_an_upload_refused_at_once_leaves_nothing(client: Client, bad: BadFile) -> None:
    rows, files = all_rows(), all_files()

    answer = upload(client, bad)

    text = answer.content.decode()
    assert answer.status_code == 422
    assert bad.sentence in text
    assert bad.remedy in text
    assert changed(rows) == set()
    assert all_files() == files


@pytest.mark.parametrize("bad", WHILE_READING, ids=str)
def test_an_upload_refused_while_reading_leaves_its_answer_and_no_file(
    client: Client, at: datetime, bad: BadFile
) -> None:
    rows, files = all_rows(), all_files()
    assert upload(client, bad).status_code == 302
    item, answer = ask_to_check(client)

    jobs.run(jobs.claim("tests", at=at), at=at)  # type: ignore[arg-type]

    item.refresh_from_db()
    assert item.state == Import.State.REFUSED
    assert changed(rows) == ANSWER
    assert all_files() == files
    text = client.get(answer.url).content.decode()
    assert bad.sentence in text
    assert bad.remedy in text
    assert "Nothing of it is kept but this answer." in text
    assert "not taken" in client.get(reverse("intake:list")).content.decode()
    client.post(reverse("intake:leave", args=[item.pk]))
    assert changed(rows) == {"core_job", "core_auditentry"}


@pytest.mark.parametrize("bad", WITHOUT_COLUMN, ids=str)
def test_an_upload_that_lacks_a_column_waits_until_it_is_left(client: Client, bad: BadFile) -> None:
    """Here the person may know better which column is what; the command line has no second word."""
    rows, files = all_rows(), all_files()
    upload(client, bad)
    item, answer = ask_to_check(client)

    assert answer.status_code == 422
    assert bad.sentence in answer.content.decode()
    assert "waits for you" in client.get(reverse("intake:list")).content.decode()
    client.post(reverse("intake:leave", args=[item.pk]))

    assert changed(rows) == {"core_auditentry"}
    assert all_files() == files


@pytest.mark.django_db
def test_a_check_that_a_worker_takes_over_from_a_killed_command_leaves_its_answer(
    business: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_limits_small(monkeypatch)
    bad = next(bad for bad in WHILE_READING if bad.what == "open quote further down")
    handed = [make_file(bad.content, role="orders")]
    item = actions.begin_import("orders", handed, by=COMMAND, at=A_DAY)
    Import.objects.filter(pk=item.pk).update(state=Import.State.CHECKING)
    left = jobs.enqueue("intake.check", at=A_DAY, import_id=item.pk, at_once=True)
    Job.objects.filter(pk=left.pk).update(state=Job.State.RUNNING, lease_epoch=1, lease_until=A_DAY)

    later = A_DAY + jobs.LEASE
    jobs.run(jobs.claim("tests", at=later), at=later)  # type: ignore[arg-type]

    item.refresh_from_db()
    assert item.state == Import.State.REFUSED
    assert bad.sentence in item.report["sentence"]
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("last", "cells"),
    [
        ('"Ada ""B"""', 'Ada "B"'), ('"Ada\nB"', "Ada\nB"), ('""', ""), ('6" pan', '6" pan'),
        ('"Ada\nB"\n', "Ada\nB"), ("Ada\n\n\n", "Ada"),
    ],
)  # fmt: skip
def test_a_quotation_mark_that_is_closed_is_none_that_is_open(
    tmp_path: Path, last: str, cells: str
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"Name,Note\nRuth,{last}")

    assert list(open_table(path, name="list.csv").records())[-1] == (2, ["Ruth", cells])


@pytest.mark.django_db
def test_a_cell_of_several_lines_may_be_cut_by_the_first_look(
    business: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_limits_small(monkeypatch)
    note = "a line\n" * FIRST_BYTES
    content = f'Name,Note\nRuth,"{note}"\nAda,short\n'

    item = actions.begin_import("customers", [make_file(content)], by=COMMAND, at=A_DAY)
    actions.check_now(item, by=COMMAND, at=A_DAY)

    assert item.report["created"] == 2
    with pytest.raises(Refusal, match="opened in row 2 and never closed"):
        bring("customers", content.replace('"\n', "\n"))
