"""How long the day's lists take: 100,000 customers, 20 managers, SQLite. At most 1.5 s.

    ./dev bench plan [--customers N] [--managers N] [--json]

The business is made up with a fixed seed: everybody has facts, four in five have been touched,
nine in ten have a phone, seven in ten an address, six in ten an e-mail address, half of these with
permission. Three days are planned one after the other; the median counts. The first day of all,
which also spreads the first touches, is shown beside it.
"""

import argparse
import json
import os
import platform
import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

TODAY = date(2026, 11, 24)
LIVE_SINCE = date(2026, 9, 1)
MOST_SECONDS = 1.5
SEED = 20261124
TIERS = ("core", "active", "active", "new", "slipping", "lapsed", "lapsed", "lost")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--managers", type=int, default=20)
    parser.add_argument("--json", action="store_true", help="one JSON value on standard output")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="regulars-bench-") as folder:
        _open(Path(folder))
        _make_up(arguments.customers, arguments.managers)
        found = _measure() | {"customers": arguments.customers, "managers": arguments.managers}
    print(json.dumps(found) if arguments.json else _in_words(found))
    return 0 if found["median_seconds"] <= MOST_SECONDS else 1


def _open(folder: Path) -> None:
    if not os.environ.get("DATABASE_URL"):
        os.environ["REGULARS_HOME"] = str(folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


def _measure() -> dict[str, Any]:
    from django.db import connection

    from regulars.core.actor import COMMAND
    from regulars.planning.actions import make_plans
    from regulars.planning.models import PlanItem

    seconds, cpu = [], []
    for ahead in range(4):
        day = TODAY + timedelta(days=ahead)
        at = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
        began, began_cpu = time.perf_counter(), time.process_time()
        made = make_plans(day=day, by=COMMAND, at=at)
        seconds.append(time.perf_counter() - began)
        cpu.append(time.process_time() - began_cpu)
        print(f"{day}: {seconds[-1]:.2f} s, {made}", file=sys.stderr)
    return {
        "benchmark": "plan",
        "median_seconds": round(statistics.median(seconds[1:]), 3),
        "seconds": [round(one, 3) for one in seconds[1:]],
        "cpu_seconds": round(statistics.median(cpu[1:]), 3),
        "first_day_seconds": round(seconds[0], 3),
        "at_most_seconds": MOST_SECONDS,
        "items": PlanItem.objects.count(),
        "database": connection.vendor,
        "python": platform.python_version(),
        "cores": os.cpu_count(),
    }


def _in_words(found: dict[str, Any]) -> str:
    return (
        f"{found['customers']:,} customers, {found['managers']} managers, {found['database']}:"
        f" {found['median_seconds']:.2f} s (of {found['seconds']},"
        f" processor {found['cpu_seconds']:.2f} s), first day"
        f" {found['first_day_seconds']:.2f} s; at most {found['at_most_seconds']} s"
    )


def _make_up(customer_count: int, manager_count: int) -> None:
    from django.db import transaction

    with transaction.atomic():
        members = _make_up_team(manager_count)
        _make_up_customers(customer_count, members)


def _make_up_team(count: int) -> list[int]:
    from regulars.team.models import Business, Member, WorkingMinutes

    Business.objects.create(
        id=1, name="Measured", currency="GBP", time_zone="Europe/London", live_since=LIVE_SINCE
    )
    members = Member.objects.bulk_create(
        Member(
            email=f"m{number}@measured.example",
            name=f"Manager {number}",
            role="owner" if number == 0 else "manager",
            joined_at=datetime(2026, 9, 1, tzinfo=UTC),
        )
        for number in range(count)
    )
    WorkingMinutes.objects.bulk_create(
        WorkingMinutes(member=member, weekday=weekday, minutes=120)
        for member in members
        for weekday in range(7)
    )
    return [member.pk for member in members]


def _make_up_customers(count: int, members: list[int]) -> None:
    from regulars.consent.models import ConsentState
    from regulars.conversations.models import Clock
    from regulars.customers.models import ContactPoint, Customer
    from regulars.insight.models import CustomerFacts

    dice = random.Random(SEED)
    made_at = datetime(2026, 9, 1, tzinfo=UTC)
    for start in range(1, count + 1, 10_000):
        ids = range(start, min(start + 10_000, count + 1))
        Customer.objects.bulk_create(
            Customer(
                id=one,
                kind="organisation" if dice.random() < 0.1 else "person",
                name=f"Customer {one}",
                sort_name=f"customer {one}",
                manager_id=dice.choice(members) if dice.random() < 0.98 else None,
                created_at=made_at,
                updated_at=made_at,
            )
            for one in ids
        )
        ContactPoint.objects.bulk_create(
            ContactPoint(
                customer_id=one,
                kind=kind,
                value=str(one),
                normal=str(one),
                seal=str(one),
                created_at=made_at,
            )
            for one in ids
            for kind, share in (("phone", 0.9), ("address", 0.7), ("email", 0.6))
            if dice.random() < share
        )
        ConsentState.objects.bulk_create(
            ConsentState(customer_id=one, channel="email", decision="granted", changed_at=made_at)
            for one in ids
            if dice.random() < 0.3
        )
        CustomerFacts.objects.bulk_create(_facts_of(one, dice) for one in ids)
        Clock.objects.bulk_create(
            Clock(
                customer_id=one,
                last_touch_at=datetime(2026, 11, 23, tzinfo=UTC)
                - timedelta(minutes=dice.randrange(1, 400 * 24 * 60)),
                last_channel=dice.choice(("call", "visit", "email", "note")),
            )
            for one in ids
            if dice.random() < 0.8
        )


def _facts_of(customer_id: int, dice: random.Random) -> Any:
    from regulars.insight.models import CustomerFacts

    last_on = TODAY - timedelta(days=int(dice.expovariate(1 / 90)))
    usual = dice.uniform(5, 120)
    return CustomerFacts(
        customer_id=customer_id,
        purchase_count=1 + int(dice.expovariate(0.1)),
        first_on=last_on - timedelta(days=dice.randrange(0, 900)),
        last_on=last_on,
        spend_minor=dice.randrange(1, 500_000),
        year_spend_minor=dice.randrange(1, 100_000),
        usual_gap_days=usual,
        gap_spread=0.6,
        due_on=last_on + timedelta(days=int(usual)),
        slipping_on=last_on + timedelta(days=int(usual * 1.6)),
        lapsed_on=last_on + timedelta(days=int(usual * 3)),
        stake_minor=int(dice.lognormvariate(9, 1.2)),
        tier=dice.choice(TIERS),
    )


if __name__ == "__main__":
    sys.exit(main())
