"""RELIABILITY K18: an older version, filled and killed in mid-send, goes on as this one.

`./dev long upgrade` takes the older code from the history of this checkout: `REGULARS_TEST_OLDER`
names another commit. Its senders are killed with messages in their hands, the database is brought
up to date, and this version sends the rest by the same provider, which cannot tell twice from once.
"""

import json
import os
import subprocess
import sys
import tarfile
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import psycopg
import pytest

from tests.faults.test_provider import Running
from tests.servers import scratch_postgres

ROOT = Path(__file__).resolve().parents[2]
# Before messaging lost its spare indexes, events waited and counted on in their order.
OLDER = os.environ.get("REGULARS_TEST_OLDER", "a260d74ec257ef73ccb9a2e62a089a7527f1eb60")
WINDOW, MESSAGES = 16, 200
# Where the older senders come to grief, one after the other.
KILLED_AT = ("claim.after_commit:1", "intents.after_commit:1", "wire.half:9", "wire.answered:25")
BEGIN = """
import json, sys
import django
django.setup()
from django.db import connection
from regulars.core import clock, instance
from regulars.customers.models import Customer
from regulars.messaging.models import MailServer, Message, Rules
from tests.faults import fake_channel
"""
FILL = f"""
from tests.factories.messaging import make_mailing, make_message, make_version
at = clock.now()
instance.settle_identity()
Rules.objects.update_or_create(pk=1, defaults=dict(contacts_a_week=None, emails_a_week=None,
    texts_a_week=None, quiet_from="00:00", quiet_to="00:00"))
MailServer.objects.update_or_create(pk=1, defaults=dict(
    kind="fake", window={WINDOW}, changed_at=at))
mailing = make_mailing(at=at, version=make_version("serve"))
reached = Customer.objects.filter(contact_points__kind="email").distinct().order_by("pk")
for one in reached[:{MESSAGES}]:
    make_message(one, at=at, version=mailing.version, mailing=mailing, occasion="upgrade")
"""
SEND = f"""
from regulars.messaging.sending import Sender
Sender(window={WINDOW}).run(goes_on=lambda: True, waits=False)
"""
TELL = """
rows = {}
with connection.cursor() as cursor:
    for name in ("customers_customer", "customers_contactpoint", "orders_order",
                 "conversations_touch", "messaging_message", "messaging_attempt"):
        cursor.execute(f"SELECT count(*) FROM {name}")
        rows[name] = cursor.fetchone()[0]
meant = Message.objects.filter(occasion="upgrade")
states = dict(meant.values_list("pk", "state"))
whys = sorted(meant.exclude(state="accepted").values_list("state", "why").distinct())
print(json.dumps({"rows": rows, "states": {str(pk): state for pk, state in states.items()},
                  "whys": whys, "files": {str(pk): file for pk, file in meant.filter(
                      provider="file", state="accepted").values_list("pk", "provider_id")}}))
"""
REFUSED = ("suppressed", "failed", "held")
ALL_SILENT = "UPDATE messaging_message SET lease_until = '2026-01-01' WHERE lease_until IS NOT NULL"


class Version:
    """The code of one version, at work on one instance."""

    def __init__(self, tree: Path, env: dict[str, str]) -> None:
        self.tree, self.env = tree, env

    def run(self, *words: str, fault: str = "") -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, *words], cwd=self.tree, env={**self.env, "REGULARS_FAULT": fault},
            capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip

    def done(self, *words: str) -> str:
        found = self.run(*words)
        assert found.returncode == 0, found.stderr[-2000:]
        return found.stdout


@pytest.fixture(scope="module")
def older_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    packed = subprocess.run(
        ["git", "archive", OLDER], cwd=ROOT, capture_output=True, check=False
    )  # fmt: skip
    assert packed.returncode == 0, "the older version comes out of git's history: clone it whole"
    tree = tmp_path_factory.mktemp("older")
    with tarfile.open(fileobj=BytesIO(packed.stdout)) as archive:
        archive.extractall(tree, filter="data")
    return tree


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "sqlite":
        yield ""
        return
    with scratch_postgres(Path(sys.prefix)) as server:
        with psycopg.connect(server, autocommit=True) as connected:
            connected.execute("CREATE DATABASE upgraded")
        yield server.rpartition("/")[0] + "/upgraded"


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[Running]:
    running = Running("blind", tmp_path / "journal")
    yield running
    running.stop()


def test_nothing_is_lost_or_repeated_by_an_upgrade_in_mid_send(
    older_tree: Path, url: str, tmp_path: Path, provider: Running
) -> None:
    (tmp_path / "instance").mkdir()
    env = {
        **os.environ, "REGULARS_HOME": str(tmp_path / "instance"), "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "regulars.config.settings", "REGULARS_BACKUPS": "",
        "REGULARS_FAKE_PROVIDER": f"blind@127.0.0.1:{provider.port}", "PYTHONPATH": ".",
    }  # fmt: skip
    older, newer = Version(older_tree, env), Version(ROOT, env)
    older.done("-m", "regulars.cli", "demo")
    older.done("-c", BEGIN + FILL)
    for point in KILLED_AT:
        assert older.run("-c", BEGIN + SEND, fault=f"{point}:kill9").returncode == -9
    before = json.loads(older.done("-c", BEGIN + TELL))
    assert newer.run("-m", "regulars.cli", "send").returncode == 1

    newer.done("-m", "regulars.cli", "init")
    after = json.loads(newer.done("-c", BEGIN + TELL))
    newer.done("-c", BEGIN + f'connection.cursor().execute("{ALL_SILENT}")')
    newer.done("-c", BEGIN + SEND)
    ended = json.loads(newer.done("-c", BEGIN + TELL))
    times = Counter(entry["message_id"] for entry in provider.entries())
    states = Counter(ended["states"].values())
    assert after == before
    assert set(times.values()) == {1}
    assert len(ended["states"]) == MESSAGES
    assert ended["rows"]["messaging_message"] == before["rows"]["messaging_message"]
    # What the gate or the text refuses stays refused, and says why.
    assert set(states) <= {"accepted", "unknown", "suppressed", "failed", "held"}
    assert all(why for _state, why in ended["whys"])
    # What goes to customers of the sample goes into files by now, and never to a provider.
    assert all((tmp_path / "instance" / file).is_file() for file in ended["files"].values())
    accepted = {pk for pk, state in ended["states"].items() if state == "accepted"}
    assert accepted - set(times) == set(ended["files"])
    # Three of the four were killed after their intents.
    assert 0 < states["unknown"] <= 3 * WINDOW
    refused = [pk for pk, state in ended["states"].items() if state in REFUSED]
    assert not any(times[pk] for pk in refused)
