"""RELIABILITY D4, R2: an older backup in a fresh folder, and everything said since still holds."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.faults.test_backup_killed import Place
from tests.servers import scratch_postgres

BEGIN = """
import json, django
django.setup()
from datetime import timedelta
from django.db import transaction
from regulars.consent.actions import record_decision, suppress
from regulars.consent.choices import Decision, Stopped
from regulars.consent.models import ConsentState, Suppression
from regulars.core import clock, instance
from regulars.core.actor import SYSTEM
from regulars.customers.models import ContactPoint, Customer
from regulars.messaging.gate import verdicts_for_customers
at = clock.now()
"""
BEFORE = """
from tests.factories.customers import make_customer
from tests.factories.team import make_business
make_business()
for name in ("ruth", "oscar", "ada"):
    one = make_customer(name, email=f"{name}@bakery.example")
    record_decision([one.pk], "email", Decision.GRANTED, source="card", wording="You may.",
                    proof="card 12", happened_at=at, by=SYSTEM, at=at)
"""
SINCE = """
suppress("email", ContactPoint.objects.get(customer__name="ruth").seal, Stopped.STAFF, at=at)
oscar = Customer.objects.get(name="oscar")
record_decision([oscar.pk], "email", Decision.WITHDRAWN, source="link", by=SYSTEM, at=at)
"""
TOLD = """
names = dict(Customer.objects.values_list("pk", "name"))
print(json.dumps({
    "held": instance.why_held(),
    "closed": list(Suppression.objects.standing_at(at).values_list("why", flat=True)),
    "stands": dict(ConsentState.objects.values_list("customer__name", "decision")),
    "gate": {names[pk]: one.code for pk, one in verdicts_for_customers("email", "thank", at)},
}))
"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with scratch_postgres(Path(sys.prefix)) as url:
        yield url


def does(place: Place, words: str, **env: str) -> str:
    own = {"REGULARS_HOME": str(place.home), "DATABASE_URL": place.url, "REGULARS_BACKUPS": ""}
    named = {**os.environ, **own, "DJANGO_SETTINGS_MODULE": "regulars.config.settings", **env}
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + words], env=named, text=True, capture_output=True,
        timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def told(place: Place) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(does(place, TOLD))
    return said


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_what_was_said_since_the_backup_holds(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (_place(request, tmp_path, name, kind) for name in ("first", "second"))
    assert first.run("init").returncode == 0
    does(first, BEFORE)
    file = first.told("backup")["file"]
    key = first.told("backup", "--show-key")["key"]
    does(first, SINCE)

    # Only the backup and the ledgers beside it are left of the first.
    (first.home / "ledgers").rename(tmp_path / "gone")
    monkeypatch.setenv("REGULARS_BACKUP_KEY", key)
    assert second.run("init").returncode == 0
    restored = second.told("restore", file)
    held = told(second)
    assert second.run("release", "--as-successor").returncode == 0
    released = told(second)

    assert restored["replayed"] == {"suppression": 1, "refusals": 1}
    kept = {"closed": ["staff"]}
    kept["stands"] = {"ruth": "granted", "oscar": "withdrawn", "ada": "granted"}  # type: ignore[assignment]
    assert held == {"held": "restored", **kept, "gate": dict.fromkeys(kept["stands"], "instance")}
    assert (released["held"], released["closed"], released["stands"]) == ("", *kept.values())
    assert {name: released["gate"][name] for name in ("ruth", "oscar")} == {
        "ruth": "staff", "oscar": "refused",
    }  # fmt: skip
    assert released["gate"]["ada"] not in {"staff", "refused", "no_ground"}


def _place(request: pytest.FixtureRequest, folder: Path, name: str, kind: str) -> Place:
    if kind == "sqlite":
        return Place(folder / name, "")
    url: str = request.getfixturevalue("server")
    with psycopg.connect(url, autocommit=True) as database:
        database.execute(f"CREATE DATABASE noes_{name}")
    return Place(folder / name, url.removesuffix("/postgres") + f"/noes_{name}")
