"""How far themes found by words agree with the marks that people gave.

    REGULARS_TEST_DATA=… ./dev bench themes [--json]

Two files of real reviews, each text once: of products in English (2,304, many word for word
the same), and of orders in Portuguese (Olist, 1,299 with words). `taxonomy` was looked
over on one half of the texts (`tuned`); what counts is the other (`kept`), which nobody read for
it. Which half a text is in says a checksum of it. Only words are read here, never the mark: a bad
text is one in which any theme is not right more often than praised.

AUC is how often, of one text with a mark of 1 or 2 and one with 4 or 5, the first speaks
worse (ties count half); its error by Hanley and McNeil (Radiology 143, 1982).
"""

import argparse
import csv
import json
import os
import sys
import zlib
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from math import sqrt
from pathlib import Path
from typing import Any

Marked = tuple[int, str]
FILES = {
    "products, English": "feedback/flipkart_reviews.csv",
    "orders, Portuguese": "purchases/olist_3000_orders/olist_order_reviews_dataset.csv",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one JSON value on standard output")
    asked = parser.parse_args()
    if not (data := os.environ.get("REGULARS_TEST_DATA")):
        print("REGULARS_TEST_DATA names no folder of real files.", file=sys.stderr)
        return 1
    _open()
    found = {name: _measured(_texts(Path(data) / file)) for name, file in FILES.items()}
    print(json.dumps(found) if asked.json else _words(found))
    return 0


def _open() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    import django

    django.setup()


def _texts(path: Path) -> list[Marked]:
    """Each text once, with the mark that it came with first."""
    kept: dict[str, int] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if "Review" in row:
                mark, text = row["Rating"], row["Review"]
            else:
                mark = row["review_score"]
                text = f"{row['review_comment_title']}\n{row['review_comment_message']}"
            if text.strip():
                kept.setdefault(text.strip(), int(mark))
    return [(mark, text) for text, mark in kept.items()]


def _measured(texts: Sequence[Marked]) -> dict[str, Any]:
    halves = ("tuned", "kept")
    return {
        half: _agreement([one for one in texts if zlib.crc32(one[1].encode()) % 2 == place])
        for place, half in enumerate(halves)
    }


def _agreement(texts: Sequence[Marked]) -> dict[str, Any]:
    from regulars.learning.choices import Mood
    from regulars.learning.finding import dictionary_of, themes_in
    from regulars.learning.taxonomy import OURS

    words = dictionary_of({
        key: {Mood.BAD: one.bad, Mood.GOOD: one.good, Mood.PLAIN: one.plain}
        for key, one in OURS.items()
    })  # fmt: skip
    scores: dict[str, list[int]] = {"low": [], "middle": [], "high": []}
    bad_in: dict[str, int] = Counter()
    themes: dict[str, Counter[str]] = {name: Counter() for name in scores}
    silent = 0
    for mark, text in texts:
        side = "low" if mark <= 2 else "high" if mark >= 4 else "middle"
        found = {(one.theme, one.mood) for one in themes_in(text, words)}
        bad = {theme for theme, mood in found if mood == Mood.BAD}
        good = {theme for theme, mood in found if mood == Mood.GOOD}
        scores[side].append(len(bad) - len(good))
        bad_in[side] += bool(bad)
        silent += not found
        themes[side].update(bad)
    auc, error = _auc(scores["low"], scores["high"])
    counts = {side: len(told) for side, told in scores.items()}
    return {
        "texts": len(texts), **counts, "nothing_found": silent,
        "low_with_bad": _share(bad_in["low"], counts["low"]),
        "high_with_bad": _share(bad_in["high"], counts["high"]),
        "auc": auc, "auc_error": error,
        "themes": {
            theme: [_share(count, counts["low"]), _share(themes["high"][theme], counts["high"])]
            for theme, count in themes["low"].most_common(6)
        },
    }  # fmt: skip


def _share(count: int, whole: int) -> float:
    return count / whole if whole else 0.0


def _auc(low: Sequence[int], high: Sequence[int]) -> tuple[float, float]:
    """How often a text of a low mark speaks worse than one of a high mark, and the error."""
    ordered = sorted(high)
    worse = sum(bisect_left(ordered, one) + bisect_right(ordered, one) for one in low) / 2
    area = worse / (len(low) * len(high))
    first, second = area / (2 - area), 2 * area**2 / (1 + area)
    spread = (
        area * (1 - area)
        + (len(low) - 1) * (first - area**2)
        + (len(high) - 1) * (second - area**2)
    )
    return area, sqrt(spread / (len(low) * len(high)))


def _words(found: dict[str, Any]) -> str:
    lines = []
    for name, halves in found.items():
        for half, one in halves.items():
            lines.append(
                f"{name}, {half}: {one['texts']} texts ({one['low']} of marks 1 and 2,"
                f" {one['high']} of 4 and 5); with a bad theme {one['low_with_bad']:.1%} and"
                f" {one['high_with_bad']:.1%}; AUC {one['auc']:.3f}"
                f" ± {1.96 * one['auc_error']:.3f}; nothing found in {one['nothing_found']}"
            )
            lines += [
                f"    {theme}: {low:.1%} of low, {high:.1%} of high"
                for theme, (low, high) in one["themes"].items()
            ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
