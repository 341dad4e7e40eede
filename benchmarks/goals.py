"""The pages of goals, departures and campaigns among very many customers, and what they ask.

    ./dev bench goals [--customers N] [--rounds N] [--postgres URL] [--plans]

Makes the business of `./dev bench screens` in a folder of its own, with 7 orders and an address
each, 20 who sell in 5 regions, goals of every kind, a tenth who left, a segment of everybody, and
campaigns to it: drafts, and one of which the lot fell. Asks for each page so many times through
the whole of Django and prints the median, how many questions it asked the database, and the longest
of them; with `--plans` also how the database answers those that take 20 ms and more. Then it counts
how far goals are, and what the campaign brought in margin.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from _goals_made import add
from _kept_business import ROOT, opened, options_of
from screens import NOW, TODAY, _make_once

# A page that takes longer keeps somebody waiting; half of that is the machine's.
AT_MOST_MS = 300
LONG_MS = 20


def main() -> int:
    options = _options()
    with opened("goals", options, NOW) as home:
        _make_once(home, options.customers, 1)
        if not (home / "goals-made").exists():
            add(options.customers)
            (home / "goals-made").touch()
        found = _measured(options)
    print(_in_words(found))
    slow = [one["page"] for one in found["pages"] if one["ms"] > AT_MOST_MS]
    return 1 if slow else 0


def _options() -> argparse.Namespace:
    parser = options_of(__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--plans", action="store_true", help="how long questions are answered")
    return parser.parse_args()


# The pages


@dataclass
class Asked:
    """What a page asked of the database: how often, and for how long each time."""

    took: list[tuple[float, str, Any]] = field(default_factory=list)

    def __call__(self, execute: Callable[..., Any], sql: str, values: Any, many: bool,
                 context: Any) -> Any:  # fmt: skip
        began = time.perf_counter()
        try:
            return execute(sql, values, many, context)
        finally:
            self.took.append((1000 * (time.perf_counter() - began), sql, values))


@contextmanager
def asked() -> Iterator[Asked]:
    from django.db import connection

    seen = Asked()
    with connection.execute_wrapper(seen):
        yield seen


def _pages() -> dict[str, str]:
    from django.urls import reverse

    from regulars.goals.models import Goal
    from regulars.outreach.models import Campaign

    pages = {
        "goals": "/goals/", "set a goal": "/goals/new", "break-even": "/goals/break-even",
        "told from": "/goals/break-even/from", "who sells": reverse("orders:sellers"),
    }  # fmt: skip
    for by in ("tier", "goods", "manager", "place", "seller", "area"):
        pages[f"shared out by {by}"] = f"/goals/share-out?by={by}&month=2026-11-01"
    for goal in Goal.objects.order_by("pk"):
        pages[f"goal {goal.whom} {goal.place_kind} {goal.tier} {goal.counts}"] = f"/goals/{goal.pk}"
    pages |= {
        "departures": "/departures/", "came back": "/departures/?show=back",
        "left for the price": "/departures/why/price", "moved away": "/departures/why/moved",
        "costs": "/departures/costs", "campaigns": "/campaigns/", "write one": "/campaigns/new",
    }  # fmt: skip
    for one in Campaign.objects.order_by("pk"):
        pages[f"campaign {one.name}"] = f"/campaigns/{one.pk}"
    return pages


def _measured(options: argparse.Namespace) -> dict[str, Any]:
    from django.db import connection
    from django.test import Client

    from regulars.team.models import Member

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(Member.objects.get(role="owner"))
    found = [_timed(client, name, address, options) for name, address in _pages().items()]
    return {
        "database": connection.vendor, "customers": options.customers,
        "pages": found, "background": _in_the_background(), "load": os.getloadavg(),
    }  # fmt: skip


def _timed(client: Any, name: str, address: str, options: argparse.Namespace) -> dict[str, Any]:
    client.get(address)
    took, longest = [], list[tuple[float, str, Any]]()
    for _round in range(options.rounds):
        began = time.perf_counter()
        with asked() as seen:
            answer = client.get(address)
        took.append(1000 * (time.perf_counter() - began))
        assert answer.status_code == 200, (address, answer.status_code)
        longest = sorted(seen.took, key=lambda one: -one[0])
    found: dict[str, Any] = {
        "page": name, "ms": round(statistics.median(took), 1), "questions": len(longest),
        "longest": [round(one[0], 1) for one in longest[:3]],
    }  # fmt: skip
    if options.plans:
        found["plans"] = [
            {"ms": round(ms, 1), "sql": " ".join(sql.split())[:1_500], "plan": _plan(sql, values)}
            for ms, sql, values in longest
            if ms >= LONG_MS
        ]
    return found


def _plan(sql: str, values: Any) -> list[str]:
    from django.db import connection

    is_sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute(("EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN ") + sql, values)
        return [str(row[-1 if is_sqlite else 0]) for row in cursor.fetchall()]


def _in_the_background() -> dict[str, float]:
    """What no page waits for: seconds."""
    from regulars.goals.actions.counting import count_trade
    from regulars.goals.actions.progress import count_progress
    from regulars.outreach.margins import brought_since, margin_effect, margins_now
    from regulars.outreach.models import Campaign
    from regulars.verdicts.models import Trial

    campaign, trial = Campaign.objects.get(name="Running"), Trial.objects.get(name="Running")
    margins = margins_now()
    assert margins is not None
    seconds: dict[str, float] = {}

    def taken(name: str, what: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        answer = what()
        seconds[name] = round(time.perf_counter() - began, 2)
        return answer

    taken("books added up", lambda: count_trade(at=NOW))
    taken("how far goals are", lambda: count_progress(at=NOW))
    brought = taken("margins of a campaign", lambda: brought_since(
        campaign, trial, margins, until=TODAY, currency="GBP"
    ))  # fmt: skip
    taken("the effect on them", lambda: margin_effect(
        brought.least, brought.most, alpha=0.035, seed=1
    ))  # fmt: skip
    return seconds


def _in_words(found: dict[str, Any]) -> str:
    lines = [f"{found['customers']:,} customers, {found['database']}, load {found['load'][0]:.1f}"]
    for one in found["pages"]:
        lines.append(
            f"{one['ms']:9.1f} ms {one['questions']:4} questions  {one['page']}  {one['longest']}"
        )
        for plan in one.get("plans", ()):
            lines += [
                f"      {plan['ms']} ms: {plan['sql']}",
                *(f"        {x}" for x in plan["plan"]),
            ]
    lines += [f"{seconds:9.2f} s  {name}" for name, seconds in found["background"].items()]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
