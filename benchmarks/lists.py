"""How long a page of the list, a filter and a search take with a million customers.

`./dev bench lists` makes a business once in var/bench, set by set (customers, addresses, five
orders each with a line, permissions, tiers), then asks for first pages, deep pages, filters of 8
conditions of which 2 are about behaviour, and searches, each drawn by lot, and prints JSON: the
median and the 95th percentile in milliseconds, as the product reads them (the page's own
queries, rows and columns, without the HTML). `--postgres URL` does the same there. CPU and the
load of the machine stand beside the clock. Of what is `left_to_the_background` the page says so
after its time limit; it has no line to hold.
"""

import argparse
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from _kept_business import ROOT, opened, options_of

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
VERSION = 1
CITIES = ["Leeds", "York", "Zürich", "Hull", "Derby", "Luton", "Poole", "Ripon", "Truro", "Wells"]
GOODS = ["Seeded rye", "Dark rye, large", "Croissant", "Oat milk", "Espresso beans", "Tin of tea"]
TIERS = ["core", "active", "slipping", "lapsed"]
MOST_MEDIAN, MOST_P95 = 60, 200
# Broken off after two seconds and three tenths of one, and then worked out in the background.
LEFT_OPEN = ("filter that finds nobody by a text", "count of a filter")


def main() -> None:
    options = _options()
    with opened("lists", options, NOW) as home:
        stamp = home / f"made-{VERSION}{'-pg' if options.postgres else ''}"
        _make_once(stamp, options.customers)
        figures = _measured(options.rounds, options.customers)
    print(json.dumps(figures, indent=2, ensure_ascii=False))
    slow = [
        name for name, one in figures["asked"].items()
        if name not in LEFT_OPEN and (one["median"] > MOST_MEDIAN or one["p95"] > MOST_P95)
    ]  # fmt: skip
    sys.exit(f"too slow: {', '.join(slow)}" if slow else 0)


def _options() -> argparse.Namespace:
    parser = options_of(__doc__, customers=1_000_000)
    parser.add_argument("--rounds", type=int, default=40)
    return parser.parse_args()


# The business


def _make_once(stamp: Path, customers: int) -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    if stamp.exists():
        return
    began = time.monotonic()
    from _lists_made import make_business_of

    make_business_of(customers, NOW, CITIES, GOODS)
    stamp.touch()
    print(f"made in {time.monotonic() - began:.0f} s", file=sys.stderr)


# What is asked


def _measured(rounds: int, customers: int) -> dict[str, Any]:
    from regulars.team.models import Member

    actor = Member.objects.get(role="owner").actor
    lot = random.Random(11)
    asked = {
        **_pages(actor, lot),
        **_filters(actor, lot),
        **_searches(actor, lot, customers),
    }
    behind = _worked_out(actor)
    figures = {name: _timed(one, rounds) for name, one in asked.items()}
    return {
        "customers": customers, "rounds": rounds, "load": os.getloadavg(),
        "in_the_background": behind, "left_to_the_background": LEFT_OPEN, "asked": figures,
    }  # fmt: skip


def _worked_out(actor: Any) -> dict[str, Any]:
    """What the background does before: every question of behaviour, and one filter counted."""
    from regulars.lists.actions.answers import work_out
    from regulars.lists.models import Answer
    from regulars.lists.trees import read

    lot, took = random.Random(11), []
    for _nth in range(24):
        began, worked = time.perf_counter(), time.process_time()
        count = work_out(read({"all": _eight(lot)}), at=NOW).count
        took.append((time.perf_counter() - began, time.process_time() - worked, count))
    # The first have behaviour to work out too, until all of it is known.
    return {
        "questions kept": Answer.objects.filter(is_listed=True).count(),
        "first filter, seconds": round(took[0][0], 1),
        "exact count, seconds": round(statistics.median(one[0] for one in took[12:]), 2),
        "exact count, cpu seconds": round(statistics.median(one[1] for one in took[12:]), 2),
        "found": took[-1][2],
    }


def _page(look: Any, actor: Any, cursor: str = "") -> Any:
    from regulars.lists.queries.pages import page_of

    return page_of(look, actor, cursor, NOW)


def _pages(actor: Any, lot: random.Random) -> dict[str, Callable[[], Any]]:
    from regulars.lists.looks import Look

    deep = ""
    for _nth in range(30):
        deep = _page(Look(), actor, deep).page.next
    sorts = ["insight.year_spend", "insight.due_on", "insight.last_on", "insight.tier"]
    return {
        "first page": lambda: _page(Look(), actor),
        "first page in another order": lambda: _page(
            Look(sort=lot.choice(sorts), is_descending=lot.random() < 0.5), actor
        ),
        "thirty pages on": lambda: _page(Look(), actor, deep),
    }


def _filters(actor: Any, lot: random.Random) -> dict[str, Callable[[], Any]]:
    from regulars.lists.looks import Look
    from regulars.lists.queries.pages import count_of

    def tree() -> dict[str, Any]:
        return {"all": _eight(lot)}

    def rare() -> dict[str, Any]:
        return {"all": [{"field": "customer.city", "is": "is", "value": "Atlantis"}, *_eight(lot)]}

    def empty() -> dict[str, Any]:
        return {"all": [{"field": "insight.due_on", "is": "until", "value": "1999-01-01"},
                        *_eight(lot)]}  # fmt: skip

    def few() -> dict[str, Any]:
        since = {"field": "insight.last_on", "is": "since", "value": {"days_ago": 0}}
        return {"all": [since, *_eight(lot)]}

    return {
        "filter of 8": lambda: _page(Look(tree()), actor),
        "filter of 8, by value": lambda: _page(
            Look(tree(), sort="insight.year_spend", is_descending=True), actor
        ),
        "filter that a day makes rare": lambda: _page(Look(few()), actor),
        "filter that finds nobody by a day": lambda: _page(Look(empty()), actor),
        "filter that finds nobody by a text": lambda: _page(Look(rare()), actor),
        "count of a filter": lambda: count_of(Look(tree()), actor, NOW),
        "count of everybody": lambda: count_of(Look(), actor, NOW),
    }


def _eight(lot: random.Random) -> list[dict[str, Any]]:
    """Eight conditions, two of them about what customers did."""
    return [
        {"any": [
            {"field": "customer.city", "is": "is", "value": lot.choice(CITIES)},
            {"field": "customer.city", "is": "is", "value": lot.choice(CITIES)},
        ]},
        {"field": "insight.tier", "is": "any_of", "value": lot.sample(TIERS, 2)},
        {"field": "insight.year_spend", "is": "at_least", "value": lot.choice([1000, 5000])},
        {"field": "customer.since_on", "is": "since", "value": {"days_ago": 3000}},
        {"field": "consent.email", "is": "is", "value": "granted"},
        {"not": {"field": "customer.about", "is": "contains", "value": "nobody"}},
        {"event": "order", "in": {"days": lot.choice([180, 365])}, "where": [
            {"field": "goods", "is": "contains", "value": lot.choice(["rye", "croissant", "tea"])},
        ]},
        {"not": {"event": "order", "in": {"days": lot.choice([7, 14])}, "at_least": 2}},
    ]  # fmt: skip


def _searches(actor: Any, lot: random.Random, customers: int) -> dict[str, Callable[[], Any]]:
    from _lists_made import FAMILY, GIVEN

    from regulars.lists.queries.search import search

    def typo() -> str:
        word = lot.choice(FAMILY)
        place = lot.randrange(1, len(word) - 1)
        return word[:place] + lot.choice("aeiourst") + word[place + 1 :]

    words: dict[str, Callable[[], str]] = {
        "search of a name": lambda: f"{lot.choice(GIVEN)} {lot.choice(FAMILY)}",
        "search of a beginning": lambda: lot.choice(GIVEN)[:2],
        "search of a name with a typo": typo,
        "search of a number": lambda: f"01632 {lot.randrange(customers):07}",
        "search of an address": lambda: f"person{lot.randrange(customers)}@bench",
        "search of an order": lambda: f"B{lot.randrange(customers)}-3",
        "search of a note": lambda: lot.choice(["gluten", "corner table", "birthday cake"]),
        "search that finds nothing": lambda: f"xq{lot.randrange(10**6)} zzvw",
    }

    def asked(word: Callable[[], str]) -> Callable[[], Any]:
        return lambda: search(actor, word(), 8)

    return {name: asked(word) for name, word in words.items()}


def _timed(ask: Callable[[], Any], rounds: int) -> dict[str, float]:
    from customers_import import server_cpu

    ask()
    times, busy, server = [], [], server_cpu()
    for _nth in range(rounds):
        began, worked = time.perf_counter(), time.process_time()
        ask()
        times.append((time.perf_counter() - began) * 1000)
        busy.append((time.process_time() - worked) * 1000)
    return {
        "median": round(statistics.median(times), 1),
        "p95": round(statistics.quantiles(times, n=20)[18], 1),
        # Without waiting for a processor that others use; what PostgreSQL's process takes of it
        # is counted in hundredths of a second, so that only its mean says something.
        "cpu_median": round(statistics.median(busy), 1),
        "cpu_p95": round(statistics.quantiles(busy, n=20)[18], 1),
        "server_cpu_mean": round((server_cpu() - server) * 1000 / rounds, 1),
    }


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
