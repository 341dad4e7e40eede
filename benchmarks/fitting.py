"""How fast the models are fitted, beside `lifetimes` and `pymc-marketing` in the same run.

    REGULARS_FITTING_PEERS=PYTHON ./dev bench fitting [--customers N …] [--models M …] [--rounds N]

Customers are made up with a fixed seed (`_histories_made.py`), on the grid of days. Ours begins
with their histories in a table of the engine, counts the distinct ones there, and ends with
parameters, likelihood and standard errors: the median of the rounds. The peers run
(`_fitting_peers.py`) in the Python that REGULARS_FITTING_PEERS names: they need other packages.

    python3.11 -m venv PEERS && PEERS/bin/pip install lifetimes==0.11.3 pymc-marketing==0.19.2

They begin with the same customers in memory, once each, warmed up. `lifetimes` ends with standard
errors too; `pymc-marketing` finds the maximum a posteriori alone. Processor seconds are those of
all threads; `ratio` is the peer's by ours, and `apart` the largest relative difference of a
parameter. Wanted for BG/NBD at a million: 25 times faster than `lifetimes`, 12 times faster than
`pymc-marketing`, and the parameters to 4 digits those of `lifetimes`, which maximises the same.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

PEERS = "REGULARS_FITTING_PEERS"
SIZES = (10_000, 100_000, 1_000_000)
MODELS = ("bg_nbd", "pareto_nbd", "gamma_gamma")
# Slower than this helps nobody: their fit of a million takes hours.
MOST_FOR_PEERS = {"pareto_nbd": 100_000}
LEAST_RATIOS = {"lifetimes": 25, "pymc-marketing": 12}
FOUR_DIGITS = 5e-4
SEED = 1
Told = dict[str, Any]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, nargs="+", default=SIZES)
    parser.add_argument("--models", nargs="+", choices=MODELS, default=MODELS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="one JSON value on standard output")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="regulars-bench-") as folder:
        _open(Path(folder))
        rows = [
            row
            for model in asked.models
            for row in _grown([_fitted(model, count, asked.rounds) for count in asked.customers])
        ]
    found = {"benchmark": "fitting", "fits": rows, "holds": all(map(_holds, rows))}
    print(json.dumps(found) if asked.json else _words(found))
    return 0 if found["holds"] else 1


def _open(folder: Path) -> None:
    os.environ["REGULARS_HOME"] = str(folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    import django

    django.setup()


def _fitted(model: str, count: int, rounds: int) -> Told:
    from _histories_made import histories_made

    from regulars.engines.opening import open_engine

    made: Told = dict(histories_made(count, seed=SEED))
    with open_engine() as counter:
        histories = counter.put(
            "histories",
            {
                **{name: made[name] for name in ("repeats", "recency", "age")},
                "repeat_spend_minor": made["repeat_spend"],
            },
            {
                "repeats": "int64", "recency": "int64", "age": "int64",
                "repeat_spend_minor": "float64",
            },
        )  # fmt: skip
        # Once before: what is imported at the first fit is not what is measured.
        times = [_timed(model, counter, histories) for _ in range(rounds + 1)][1:]
    ours = times[0] | {
        name: median(one[name] for one in times) for name in ("seconds", "processor_seconds")
    }
    return {"model": model, "customers": count, "ours": ours, "peers": _peers(model, made, ours)}


def _timed(model: str, counter: Any, histories: Any) -> Told:
    from regulars.insight import modelling

    began, worked = time.perf_counter(), time.process_time()
    if model == "gamma_gamma":
        fit = modelling.gamma_gamma_of(counter, histories)
    else:
        cells = modelling.cells_of(counter, histories)
        fit = {"bg_nbd": modelling.bg_nbd_of, "pareto_nbd": modelling.pareto_nbd_of}[model](cells)
    seconds, processor = time.perf_counter() - began, time.process_time() - worked
    if fit.top is None:
        raise SystemExit("too few of them came back to fit anything")
    return {
        "parameters": dict(zip(fit.parameters, fit.top.parameters, strict=True)),
        "errors": fit.top.errors(), "log_likelihood": fit.top.log_likelihood,
        "seconds": seconds, "processor_seconds": processor,
    }  # fmt: skip


def _peers(model: str, made: Told, ours: Told) -> dict[str, Told]:
    python = os.environ.get(PEERS)
    if not python or len(made["repeats"]) > MOST_FOR_PEERS.get(model, max(SIZES)):
        return {}
    import numpy as np

    again = made["repeats"] > 0 if model == "gamma_gamma" else slice(None)
    columns = {
        "frequency": made["repeats"][again].astype(float), "recency": made["recency"][again] / 7,
        "T": made["age"][again] / 7, "monetary_value": made["repeat_spend"][again],
    }  # fmt: skip
    if model != "gamma_gamma":
        del columns["monetary_value"]
    with tempfile.NamedTemporaryFile(suffix=".npz") as file:
        np.savez(file, **columns)
        file.flush()
        return {peer: _beside(python, file.name, peer, model, ours) for peer in LEAST_RATIOS}


def _beside(python: str, path: str, peer: str, model: str, ours: Told) -> Told:
    script = Path(__file__).with_name("_fitting_peers.py")
    done = subprocess.run(
        [python, str(script), path, peer, model],
        check=False, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": ""},
    )  # fmt: skip
    if done.returncode:
        return {"failed": (done.stderr.strip().splitlines() or ["it said nothing"])[-1]}
    told: Told = json.loads(done.stdout)
    apart = max(
        abs(value - ours["parameters"][name]) / abs(value)
        for name, value in told["parameters"].items()
    )
    return told | {
        "apart": apart, "ratio": told["seconds"] / ours["seconds"],
        "processor_ratio": told["processor_seconds"] / ours["processor_seconds"],
    }  # fmt: skip


def _grown(rows: list[Told]) -> list[Told]:
    """Adds how many times as long each takes as the one before it, a tenth of its size."""
    for before, row in pairwise(rows):
        row["grown"] = row["ours"]["processor_seconds"] / before["ours"]["processor_seconds"]
    return rows


def _holds(row: Told) -> bool:
    if row["model"] != "bg_nbd" or row["customers"] != max(SIZES):
        return True
    return all(
        peer.get("processor_ratio", 0) >= LEAST_RATIOS[name]
        and (name != "lifetimes" or peer["apart"] <= FOUR_DIGITS)
        for name, peer in row["peers"].items()
    )


def _words(found: Told) -> str:
    lines = ["model        customers  who             processor s  clock s   ratio (clock)  apart"]
    for row in found["fits"]:
        ours = row["ours"]
        start = f"{row['model']:11}  {row['customers']:9,}"
        lines.append(
            f"{start}  ours            {ours['processor_seconds']:11.3f}  {ours['seconds']:7.3f}"
        )
        for name, peer in row["peers"].items():
            if "failed" in peer:
                lines.append(f"{start}  {name:14}  failed: {peer['failed']}")
                continue
            lines.append(
                f"{start}  {name:14}  {peer['processor_seconds']:11.3f}  {peer['seconds']:7.3f}"
                f"  {peer['processor_ratio']:5.1f} ({peer['ratio']:5.1f})  {peer['apart']:.1e}"
            )
        if "grown" in row:
            lines.append(f"{start}  tenfold: {row['grown']:.1f} times as long")
    lines.append("holds" if found["holds"] else "DOES NOT HOLD")
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
