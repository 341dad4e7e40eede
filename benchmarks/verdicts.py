"""How often verdicts raise a false alarm, how often they see an effect, and what bounds hold.

    ./dev bench verdicts [--campaigns N] [--json]

Campaigns of 40 to 400 customers of a made-up shop (`tests/verdicts/shops.py`), drawn, looked at
four times and judged as the product does, with 999 redraws of the lot in place of 4,999. Said of
nothing: in how many a look said helped or hurt though nothing did anything. Bounds that hold: in
how many the last look's interval of money held nought. Together: in how many rows of 40 campaigns
of 60 customers the pooled verdict, asked after each, ever said something of nothing. With an
effect: in how many it was seen, beside the power that the sizes promise.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
REDRAWS = 999
ALPHA = 0.05
NOTHING = ((40, 0.1), (40, 0.3), (100, 0.1), (100, 0.5), (400, 0.1), (400, 0.5))
EFFECTS = ((100, 0.5, 0.55), (170, 0.5, 0.4), (400, 0.5, 0.25), (400, 0.1, 0.45))
# Left out as many as the product plans, moved just the effect worth knowing.
PLANNED = (1_000, 2_500)
USUAL_RATE = 0.36


def main() -> int:
    sys.path.insert(0, str(ROOT))
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--campaigns", type=int, default=2_000)
    parser.add_argument("--json", action="store_true", dest="as_json")
    asked = parser.parse_args()
    began, worked = time.perf_counter(), time.process_time()
    found: dict[str, Any] = {
        "nothing": [_of_nothing(count, share, asked.campaigns) for count, share in NOTHING],
        "effects": [
            _of_effects(*one, asked.campaigns // 4) for one in (*EFFECTS, *map(_planned, PLANNED))
        ],
        "together": _together(asked.campaigns // 10),
        "wall_seconds": round(time.perf_counter() - began, 1),
        "cpu_seconds": round(time.process_time() - worked, 1),
    }
    print(json.dumps(found) if asked.as_json else _told(found))
    return 0 if all(one["said"] <= _most(asked.campaigns) for one in found["nothing"]) else 1


def _most(campaigns: int) -> float:
    """One in twenty, and what chance adds to that in so many campaigns, 999 times in 1,000."""
    return ALPHA + 3.1 * float(np.sqrt(ALPHA * (1 - ALPHA) / campaigns))


def _of_nothing(count: int, share: float, campaigns: int) -> dict[str, Any]:
    from tests.verdicts.shops import campaign

    said = held = 0
    for number in range(campaigns):
        one = campaign(count, number, share=share)
        said += any(one.said(redraws=REDRAWS))
        money = one.of_money(redraws=REDRAWS)
        held += not (money.is_more or money.is_less)
    return {
        "customers": count, "left_out": share, "said": said / campaigns,
        "money_held": held / campaigns,
    }  # fmt: skip


def _planned(count: int) -> tuple[int, float, float]:
    from regulars.verdicts.sizing import WORTH_KNOWING, plan_for

    plan = plan_for(count, USUAL_RATE)
    if plan is None or not plan.can_tell:
        raise ValueError(f"{count} customers cannot tell")
    return count, plan.left_out / count, WORTH_KNOWING / (1 - USUAL_RATE)


def _of_effects(count: int, share: float, moved: float, campaigns: int) -> dict[str, Any]:
    from regulars.verdicts.sizing import power_of, spreads_of_rates
    from tests.verdicts.shops import campaign

    many = campaign(200_000, 1, share=share, moved=moved)
    bought = many.first <= 30
    rate, effect = float(bought[many.left].mean()), 0.0
    effect = float(bought[~many.left].mean()) - rate
    left = round(count * share)
    seen = [
        campaign(count, number, share=share, moved=moved).of_rate(redraws=REDRAWS).is_more
        for number in range(campaigns)
    ]
    power = power_of(count - left, left, spreads_of_rates(rate, effect), effect)
    return {
        "customers": count, "left_out": share, "effect": effect, "promised": power,
        "seen": float(np.mean(seen)),
    }  # fmt: skip


def _together(rows: int) -> dict[str, Any]:
    from regulars.verdicts.pooling import Part, pooled
    from tests.verdicts.shops import campaign

    def ever(row: int, moved: float) -> tuple[bool, bool]:
        parts, said = [], []
        for number in range(40):
            one = campaign(60, row * 1_000 + number, share=0.1, moved=moved)
            rate = one.of_rate(redraws=19)
            if rate is not None:
                parts.append(Part(rate.difference, rate.variance, rate.got_count, rate.left_count))
            found = pooled(parts)
            said.append(found is not None and (found.low > 0 or found.high < 0))
        return any(said), said[-1]

    return {
        "acts": 40, "customers": 60, "left_out": 0.1,
        "said_of_nothing": float(np.mean([ever(row, 0.0)[0] for row in range(rows)])),
        "seen": float(np.mean([ever(row, 0.25)[0] for row in range(rows // 2)])),
    }  # fmt: skip


def _told(found: dict[str, Any]) -> str:
    lines = ["customers  left out  said of nothing  money: bounds hold nought"]
    lines += [
        f"{one['customers']:9}  {one['left_out']:8.0%}  {one['said']:15.1%}"
        f"  {one['money_held']:.1%}"
        for one in found["nothing"]
    ]
    lines += ["customers  left out  effect  promised  seen"]
    lines += [
        f"{one['customers']:9}  {one['left_out']:8.0%}  {one['effect']:6.1%}"
        f"  {one['promised']:8.1%}  {one['seen']:.1%}"
        for one in found["effects"]
    ]
    both = found["together"]
    lines.append("together, 40 acts of 60 customers, a tenth left out:")
    lines.append(f"  said of nothing {both['said_of_nothing']:.1%}, seen {both['seen']:.1%}")
    lines.append(f"{found['cpu_seconds']} s of CPU, {found['wall_seconds']} s by the clock")
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
