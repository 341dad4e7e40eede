"""What one engine counts beside what another does: the same facts, and the same figures."""

import math
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from regulars.customers.choices import Kind, RelationKind
from regulars.customers.models import Relation
from regulars.engines.opening import open_engine
from regulars.insight import modelling
from regulars.insight.actions import count_for
from regulars.insight.counting import counted
from regulars.insight.figures import FIGURES
from regulars.insight.fitting.bg_nbd import BgNbd
from regulars.insight.metrics import histories as seen
from regulars.insight.metrics.predictions import by_group, predicted
from regulars.orders.choices import OrderKind
from regulars.team.models import Business
from tests.factories.insight import (
    A_MORNING,
    TODAY,
    add_orders,
    close_between,
    days_ago,
    make_buyer,
    make_stranger,
)

Rows = list[dict[str, Any]]
# What a fit says is of Python: the predictions below are of a model that is given.
FITTED = {"models", "expected", "calibration", "hindsight", "forecast"}
# Engines add in different orders; a chance below the second number is none on any of them.
RELATIVE, NOTHING = 1e-9, 1e-100
SPARK = "spark:local-cluster[2,1,1024]"
MODEL = BgNbd(0.243, 4.414, 0.793, 2.426)

TYPES = {
    "place": "int64", "amount": "int64", "share": "float64", "words": "string", "is_open": "bool",
    "day": "date",
}  # fmt: skip
SENT: dict[str, list[Any]] = {
    "place": [1, 2, 3],
    "amount": [-(2**62), None, 0],
    "share": [0.1, None, 1e-300],
    "words": ["“rye”, \\N\n'and', \"more\"", None, ""],
    "is_open": [True, None, False],
    "day": [TODAY, None, date(1969, 12, 31)],
}
COME_BACK = [dict(zip(SENT, row, strict=True)) for row in zip(*SENT.values(), strict=True)]
COME_BACK.append({"words": None})


def write_books_of_all_kinds(business: Business) -> None:
    """Few customers, and among them whatever engines might take differently."""
    close_between(business, days_ago(200), days_ago(186))
    close_between(business, days_ago(-15), days_ago(-20))
    everyone = [
        make_buyer(*[gap] * 9, last=days_ago(silence), spend=spend, kind=kind)
        for kind, gap, silence, spend in (
            (Kind.PERSON, 7, 3, 1250), (Kind.PERSON, 30, 45, 990), (Kind.PERSON, 11, 400, 333),
            (Kind.PERSON, 90, 60, 48_001), (Kind.ORGANISATION, 14, 5, 120_000),
            (Kind.ORGANISATION, 14, 40, 70_507), (Kind.PERSON, 20, 27, 2_500),
        )
    ]  # fmt: skip
    one = make_buyer(last=days_ago(2), spend=777)
    add_orders(one, days_ago(2), spend=-100, kind=OrderKind.CANCELLATION)
    make_buyer(3, 0, 55, last=days_ago(9), spend=-5)
    add_orders(make_stranger(), days_ago(4), spend=900, currency="USD")
    # Faithful for years and gone for longer: a chance that is smaller than numbers go.
    make_buyer(*[1] * 400, last=days_ago(3000), spend=210)
    crowd = make_stranger(name="Cash sale")
    add_orders(crowd, *[days_ago(n % 90) for n in range(1005)], spend=350)
    department = make_stranger(Kind.DEPARTMENT)
    for served in everyone[:2]:
        Relation.objects.create(
            kind=RelationKind.SERVES, of=department, to=served, created_at=A_MORNING
        )


def counted_on(engine: str, as_of: date | None = None) -> dict[str, Rows]:
    """Facts and figures by name; predictions by a model that is given, with their tenths."""
    count = count_for(as_of, at=A_MORNING)
    with counted(count, engine=engine) as result:
        found = {name: FIGURES[name](result) for name in FIGURES.names() if name not in FITTED}
        counter = result.counter
        histories = modelling.histories_of(result)
        found["cells"] = counter.rows(seen.cells(histories).order_by("repeats", "recency", "age"))
        foretold = counter.keep("foretold_here", predicted(histories, MODEL, weeks=13))
        found["foretold"] = counter.rows(foretold.order_by("customer_id"))
        came = seen.came_again(
            result.purchases, after=count.as_of - timedelta(days=91), until=count.as_of
        )
        both = foretold.left_join(came, "customer_id").drop("customer_id_right")
        both = both.mutate(chance=both.still_there).fill_null({"came": 0})
        found["tenths"] = counter.rows(by_group(both, groups=10))
    return found


def differences(one: dict[str, Rows], other: dict[str, Rows]) -> Iterator[str]:
    """Whole numbers, days and words must be equal; other numbers to the ninth figure."""
    assert list(one) == list(other)
    for name, rows in one.items():
        if len(rows) != len(other[name]):
            yield f"{name}: {len(rows)} rows and {len(other[name])}"
        for row, beside in zip(rows, other[name], strict=False):
            assert list(row) == list(beside)
            for column, value in row.items():
                if not _is_alike(value, beside[column]):
                    yield f"{name}.{column}: {value!r} and {beside[column]!r}"


def _is_alike(value: Any, beside: Any) -> bool:
    if isinstance(value, float) and isinstance(beside, float):
        return math.isclose(value, beside, rel_tol=RELATIVE, abs_tol=NOTHING)
    return type(value) is type(beside) and bool(value == beside)


def sent_through(engine: str) -> Rows:
    """Values of every type, put on an engine, worked with there and fetched back."""
    with open_engine(engine) as counter:
        table = counter.put("values_sent", SENT, TYPES)
        kept = counter.keep("values_kept", table.filter(table.place > 0))
        nothing = counter.rows(kept.filter(kept.place > 3))
        one_empty = counter.rows(kept.filter(kept.place == 2).select("words"))
        return [*counter.rows(kept.order_by("place")), *nothing, *one_empty]
