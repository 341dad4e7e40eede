"""What comes true: fitted to the past, asked about the next 60 days, scored by what came.

    REGULARS_TEST_DATA=… ./dev bench out_of_sample [--last] [--only NAME …] [--json]

Real books (CDNOW's sample, a wholesaler's half year, a club's groceries; where REGULARS_TEST_DATA
names them) and shops made up with fixed seeds: a bakery, a hairdresser, a garden shop with a
season and a wholesaler, of 30, 100, 300 and 3,000 customers. Every method sees the books up to a
cut and says for everyone who had bought by then the chance that they buy in the next 60 days, and
how often. Four cuts (real books of a year and more: five). **The last cut is left alone** while a
method is being changed; `--last` scores it alone, once a method is settled.

Scores: Brier (mean squared error of the chance), precision@20 (how many of the 20 likeliest came),
mean absolute error of the number of purchases. Two methods are compared on the same shops and cuts;
the interval of their difference (95 %) is a bootstrap over shops (seeds), within them cuts, and
within those customers (as a normal deviate of what the difference varies by between customers).
A shop counts once in a pool, whatever its size. `worse` lists where ours is worse beyond the
interval.
"""

import argparse
import json
import os
import sys
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from _foretelling import FORETELLERS, Foretold, Past
from _shops import TRADES, Books, Days, Floats, made_up, real

OURS = "rhythm"
RIVALS = ("flat", "rfm", "bg_nbd", "pareto_nbd", "rhythm and bg_nbd")
SCORES = ("brier", "precision", "error")
TOP = 20
DRAWS = 4000
SMALL = 300


@dataclass(frozen=True, slots=True)
class Scored:
    """What every customer adds to the scores of every method, on one shop at one cut.

    `parts` have shape (customers, scores); their sums over customers are the scores, and lower is
    better in each (precision is that of those who did not come, less one).
    """

    books: Books
    parts: dict[str, Floats]

    def score(self, name: str) -> Floats:
        return np.asarray(self.parts[name].sum(axis=0))


def main() -> int:
    options = _options()
    warnings.filterwarnings("ignore", category=RuntimeWarning)
    found = list(_scored(_books(options.only), last=options.last))
    report = {
        "benchmark": "out_of_sample",
        "cuts": "the last alone" if options.last else "all but the last",
        "scores": _tables(found),
        "pooled": _pools(found),
        "worse": _worse(found),
    }
    print(json.dumps(report)) if options.json else _tell(report)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--last", action="store_true", help="the cut that is kept for the end")
    parser.add_argument("--only", nargs="*", help="books of these names")
    parser.add_argument("--json", action="store_true", help="one JSON value on standard output")
    return parser.parse_args()


def _books(only: Iterable[str] | None) -> Iterator[Books]:
    data = os.environ.get("REGULARS_TEST_DATA")
    every = chain(real(Path(data) / "purchases") if data else [], made_up())
    return (books for books in every if not only or books.name in only)


def _scored(every: Iterable[Books], *, last: bool) -> Iterator[Scored]:
    for books in every:
        for cut in books.cuts[-1:] if last else books.cuts[:-1]:
            past = Past.of(books, cut)
            came = past.came()
            yield Scored(books, {name: _parts(of(past), came) for name, of in FORETELLERS.items()})
        print(f"{books.name} {books.size or ''} {books.seed}", file=sys.stderr)


def _parts(told: Foretold, came: Days) -> Floats:
    likeliest = np.argsort(-told.chance, kind="stable")[:TOP]
    hits = np.zeros(len(came))
    hits[likeliest] = (came[likeliest] > 0) / len(likeliest)
    parts = [
        (told.chance - (came > 0)) ** 2 / len(came),
        1 / len(came) - hits,
        np.abs(told.count - came) / len(came),
    ]
    return np.stack(parts, axis=1)


def _group(one: Scored) -> str:
    return f"{one.books.name} {one.books.size:,}" if one.books.size else one.books.name


def _tables(found: list[Scored]) -> dict[str, dict[str, list[float]]]:
    """Of each kind of books the mean scores of each method; precision as a share that came."""
    tables = {}
    for group in dict.fromkeys(map(_group, found)):
        of_group = [one for one in found if _group(one) == group]
        tables[group] = {
            name: _shown(np.mean([one.score(name) for one in of_group], axis=0))
            for name in FORETELLERS
        }
    return tables


def _shown(scores: Floats) -> list[float]:
    return [round(float(value), 4) for value in (scores[0], 1 - scores[1], scores[2])]


def _pools(found: list[Scored]) -> dict[str, dict[str, Any]]:
    """Ours less each rival over many shops, as a share of the rival's score, with intervals."""
    pools = {
        "everything": found,
        "made up": [one for one in found if one.books.size],
        "real": [one for one in found if not one.books.size],
        "300 customers or fewer": [one for one in found if 0 < one.books.size <= SMALL],
        "large (real, 3,000)": [one for one in found if not 0 < one.books.size <= SMALL],
        **{
            f"{trade}s": [one for one in found if one.books.name == trade] for trade in TRADES
        },
    }  # fmt: skip
    return {
        name: {rival: _differences(of_pool, rival) for rival in RIVALS}
        for name, of_pool in pools.items()
        if of_pool
    }


def _worse(found: list[Scored]) -> list[str]:
    """Books on which a rival beats ours beyond the interval."""
    lines = []
    for group in dict.fromkeys(map(_group, found)):
        of_group = [one for one in found if _group(one) == group]
        for rival in RIVALS:
            for score, (middle, low, high) in _differences(of_group, rival).items():
                if low > 0:
                    lines.append(f"{group}, {rival}, {score}: {middle:+} ({low:+} to {high:+})")
    return lines


def _differences(found: list[Scored], rival: str) -> dict[str, tuple[float, float, float]]:
    """Ours less the rival's, as a share of the rival's mean over the group; 95 % interval.

    Precision is the difference itself: fewer of the twenty who came count as worse.
    """
    shops: dict[tuple[str, int], list[Floats]] = {}
    for group in {_group(one) for one in found}:
        of_group = [one for one in found if _group(one) == group]
        scale = np.mean([one.score(rival) for one in of_group], axis=0)
        scale[SCORES.index("precision")] = 1.0  # a share of twenty already
        for one in of_group:
            off = (one.parts[OURS] - one.parts[rival]) / scale
            shops.setdefault((group, one.books.seed), []).append(_with_doubt(off))
    drawn = _drawn([np.array(cuts) for cuts in shops.values()])
    middle = np.mean([np.mean(cuts, axis=0)[0] for cuts in shops.values()], axis=0)
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    return {
        score: (round(float(middle[i]), 3), round(float(low[i]), 3), round(float(high[i]), 3))
        for i, score in enumerate(SCORES)
    }


def _with_doubt(parts: Floats) -> Floats:
    """The difference of the scores, and how far it strays with the customers; shape (2, scores)."""
    return np.stack([parts.sum(axis=0), parts.std(axis=0) * np.sqrt(len(parts))])


def _drawn(shops: list[Floats]) -> Floats:
    """Means of shops drawn anew, each with its cuts and their customers; shape (draws, scores)."""
    chance = np.random.default_rng(5)
    redrawn = []
    for cuts in shops:
        which = cuts[chance.integers(0, len(cuts), (DRAWS, len(cuts)))]
        strays = chance.normal(size=which[:, :, 1].shape) * which[:, :, 1]
        redrawn.append((which[:, :, 0] + strays).mean(axis=1))
    if len(shops) == 1:
        return np.asarray(redrawn[0])
    every = np.stack(redrawn)
    which_shops = chance.integers(0, len(shops), (DRAWS, len(shops)))
    return np.asarray(every[which_shops, np.arange(DRAWS)[:, None]].mean(axis=1))


def _tell(report: dict[str, Any]) -> None:
    print(f"Cuts: {report['cuts']}. Brier / precision@{TOP} / mean error of counts")
    for group, methods in report["scores"].items():
        print(f"\n{group}")
        for name, scores in methods.items():
            print(f"  {name:18s}" + "  ".join(f"{value:8.4f}" for value in scores))
    print("\nOurs less the rival, as a share of the rival's; precision plain; negative is better")
    for pool, rivals in report["pooled"].items():
        print(f"\n{pool}")
        for rival, scores in rivals.items():
            told = (
                f"{name} {m:+.3f} ({lo:+.3f} to {hi:+.3f})" for name, (m, lo, hi) in scores.items()
            )
            print(f"  {rival:18s}" + "  ".join(told))
    print("\nWorse beyond the interval:", *(report["worse"] or ["nowhere"]), sep="\n  ")


if __name__ == "__main__":
    sys.exit(main())
