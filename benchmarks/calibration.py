"""Foretold against come, by tenths of customers, on real books: what the page of insight shows.

    REGULARS_TEST_DATA=… ./dev bench calibration [--only NAME …] [--json]

The books are brought into a database of their own and asked for the figures `hindsight` and
`calibration` by the product itself, as of the last cut of `out_of_sample`: what follows that cut is
left alone here too, so nothing that is told here was ever fitted to.
"""

import argparse
import json
import os
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from _shops import Books, real

Row = dict[str, Any]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", help="these books alone")
    parser.add_argument("--json", action="store_true", help="one JSON value on standard output")
    asked = parser.parse_args()
    if not (data := os.environ.get("REGULARS_TEST_DATA")):
        print("REGULARS_TEST_DATA names no folder of real books.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="regulars-bench-") as folder:
        _open(Path(folder))
        books = [
            one
            for one in real(Path(data) / "purchases")
            if not asked.only or one.name in asked.only
        ]
        found = {one.name: _looked_back(one) for one in books}
    print(json.dumps(found, default=str) if asked.json else _words(found))
    return 0


def _open(folder: Path) -> None:
    os.environ["REGULARS_HOME"] = str(folder)
    os.environ.pop("DATABASE_URL", None)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


def _looked_back(books: Books) -> Row:
    from regulars.insight.figures import figure

    _bring_in(books)
    as_of = date.fromordinal(books.cuts[-1])
    at = datetime(as_of.year, as_of.month, as_of.day, 12, tzinfo=UTC)
    told: Row = {}
    for name in ("hindsight", "calibration"):
        found = figure(name, as_of=as_of, at=at)
        told[name] = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    return told


def _bring_in(books: Books) -> None:
    from regulars.customers.models import Customer
    from regulars.orders.models import Order
    from regulars.team.models import Business

    Order.objects.all().delete()
    Customer.objects.all().delete()
    begin = date.fromordinal(int(books.day.min()))
    Business.objects.update_or_create(
        pk=1, defaults={"name": books.name, "currency": "USD", "live_since": begin}
    )
    at = datetime(begin.year, begin.month, begin.day, 9, tzinfo=UTC)
    Customer.objects.bulk_create(
        Customer(id=n + 1, name=str(n), sort_name=str(n), created_at=at, updated_at=at)
        for n in range(int(books.who.max()) + 1)
    )
    rows = zip(books.who.tolist(), books.day.tolist(), books.spend.tolist(), strict=True)
    Order.objects.bulk_create(
        (_order(place, *row) for place, row in enumerate(rows)), batch_size=2_000
    )


def _order(place: int, who: int, day: int, spend: float) -> Any:
    from regulars.orders.models import Order

    on = date.fromordinal(day)
    return Order(
        customer_id=who + 1, source="bench", external_id=str(place), placed_on=on,
        placed_at=datetime(on.year, on.month, on.day, 12, tzinfo=UTC),
        total_minor=round(spend * 100), currency="USD",
    )  # fmt: skip


def _words(found: Row) -> str:
    lines = []
    for name, told in found.items():
        if not told["hindsight"]:
            lines.append(f"{name}: too few to tell")
            continue
        [whole] = told["hindsight"]
        lines.append(
            f"{name}, {whole['days']} days from {whole['from_on']}: {whole['customers']} customers,"
            f" foretold to come {whole['chances']:.0f} (chance alone ± "
            f"{1.96 * whole['doubt'] ** 0.5:.0f}), came {whole['came']}; Brier {whole['brier']:.3f}"
            f" (one share for all {whole['brier_of_one_share']:.3f}), precision@20"
            f" {whole['likeliest_came'] / whole['likeliest']:.2f}; purchases by the rhythm"
            f" {whole['purchases']:.0f}, by the models {whole['by_models'] or 0:.0f}"
            f" ({whole['by_models_low'] or 0:.0f} to {whole['by_models_high'] or 0:.0f}), made"
            f" {whole['purchases_came']}"
        )
        for row in told["calibration"]:
            chance = f"{row['chance']:6.1%}" if row["chance"] is not None else "      "
            lines.append(
                f"  {row['by']:7} {row['group']:2}  {chance}  {row['came_share']:6.1%}"
                f"  {row['expected']:6.2f}  {row['came']:6.2f}"
            )
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
