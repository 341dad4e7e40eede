"""`regulars keys change` as somebody runs it."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.conf import settings

from regulars.cli.main import main
from regulars.core.models import AuditEntry
from regulars.core.secrets import open_secret
from regulars.messaging.actions.server import describe_server
from regulars.messaging.models import MailServer
from regulars.team.models import Member
from tests.messaging.actions.test_server import USUAL

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sealed(owner: Member, at: datetime) -> None:
    describe_server(USUAL, password="s3cret", by=owner.actor, at=at)


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["keys", "change", *words])


def test_the_password_is_sealed_anew_and_the_old_key_stays() -> None:
    done = run("--json")

    assert json.loads(done.stdout) == {"key": "secrets-2.key", "sealed": 1}
    kept = MailServer.objects.get().password_sealed
    assert (kept[:2], open_secret(kept)) == ("2.", "s3cret")
    names = {file.name for file in (Path(settings.HOME) / "keys").glob("secrets*.key")}
    assert names == {"secrets.key", "secrets-2.key"}
    entry = AuditEntry.objects.get(verb="changed key")
    assert (entry.actor_kind, entry.detail) == ("command", {"number": 2, "count": 1})


def test_a_password_that_no_key_opens_is_told_and_nothing_changes() -> None:
    MailServer.objects.update(password_sealed="1.bm90LW91cnM=")

    done = run()

    assert done.exit_code == 1
    assert "Enter the mail server's password anew" in done.stderr
    assert MailServer.objects.get().password_sealed == "1.bm90LW91cnM="
    assert not AuditEntry.objects.filter(verb="changed key").exists()
