"""Senders killed at random, cell by cell: `./dev faults --kills 1000 [--json]`.

A cell is a database, a kind of provider and a window. A last cell a database runs the naive
control, which must repeat messages: otherwise this harness would prove nothing.

`./dev faults --messages 100000 [--json]` kills nobody: ten senders at once on one mailing. On
PostgreSQL, where they may sit on different machines, the clocks of half of them stand a day ahead.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.faults.agent import Agent, agent_on, fresh_database
from tests.servers import scratch_postgres

KINDS = ("keyed", "searchable", "blind")
WINDOWS = (1, 16, 64)
DATABASES = ("sqlite", "postgres")
NAIVE_KILLS = 10
# "At most 30 minutes a cell", with what it takes to come to rest afterwards.
AT_MOST = 1700.0
COUNTED = ("kills", "lost", "repeated", "unknown")
HEADINGS = ("database", "provider", "W", *COUNTED, "mid-way", "messages", "seconds")

SENDERS, A_DAY = 10, 86_400.0

Cell = dict[str, Any]


def cells_on(agent: Agent, database: str, said: argparse.Namespace) -> Iterator[Cell]:
    return cells_of(agent, database, said) if said.kills else crowds_on(agent, database, said)


def crowds_on(agent: Agent, database: str, said: argparse.Namespace) -> Iterator[Cell]:
    """Many senders at once, a mailing for each kind of provider."""
    for kind in said.kind:
        found = agent.ask(
            "all_at_once", kind=kind, window=max(said.window), senders=SENDERS,
            messages=said.messages, ahead=A_DAY if database == "postgres" else 0.0,
            at_most=said.seconds,
        )  # fmt: skip
        yield {"database": database, "kind": kind, "window": max(said.window), **found}


def cells_of(agent: Agent, database: str, said: argparse.Namespace) -> Iterator[Cell]:
    """Every cell of one database, one after the other."""
    for kind in said.kind:
        for window in said.window:
            found = agent.ask(
                "at_random", kind=kind, window=window, kills=said.kills, seed=said.seed,
                at_most=said.seconds,
            )  # fmt: skip
            yield {"database": database, "kind": kind, "window": window, **found}
    found = agent.ask("at_random", kind="blind", window=16, kills=NAIVE_KILLS, naive=True)
    yield {"database": database, "kind": "naive control", "window": 16, **found}


def is_right(cell: Cell) -> bool:
    """The invariants of RELIABILITY 3.1; of the control, that it breaks them."""
    if cell["kind"] == "naive control":
        return bool(cell["repeated"] or cell["lost"])
    most = cell["window"] * cell["kills"] if cell["kind"] == "blind" else 0
    nothing = ("lost", "repeated", "untrue", "unowned")
    return bool(
        cell["settled"] and not any(cell[name] for name in nothing) and cell["unknown"] <= most
    )


def run_on(database: str, url: str, said: argparse.Namespace) -> list[Cell]:
    cells = []
    with agent_on(url) as agent:
        for cell in cells_on(agent, database, said):
            cells.append(cell)
            _say(cell)
    return cells


def run_all(said: argparse.Namespace) -> list[Cell]:
    """The databases beside each other: each mostly waits."""
    with ThreadPoolExecutor() as pool:
        running = []
        if "sqlite" in said.database:
            running.append(pool.submit(run_on, "sqlite", "", said))
        if "postgres" in said.database:
            with scratch_postgres(Path(sys.prefix)) as server:
                url = fresh_database(server, "kills")
                running.append(pool.submit(run_on, "postgres", url, said))
                return [cell for one in running for cell in one.result()]
        return [cell for one in running for cell in one.result()]


def _say(cell: Cell) -> None:
    verdict = "ok" if is_right(cell) else "WRONG"
    counts = ", ".join(f"{name} {cell[name]}" for name in (*COUNTED, "untrue", "meant"))
    place = f"{cell['database']} {cell['kind']} W={cell['window']}"
    print(f"{verdict:6} {place}: {counts}, {cell['seconds']} s", file=sys.stderr, flush=True)


def _table(cells: Sequence[Cell]) -> str:
    rows = [
        [cell["database"], cell["kind"], cell["window"], *(cell[name] for name in COUNTED),
         cell.get("mid_way", ""), cell["meant"], cell["seconds"]]
        for cell in cells
    ]  # fmt: skip
    lines = [HEADINGS, ["---"] * len(HEADINGS), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="./dev faults --kills")
    wanted = parser.add_mutually_exclusive_group(required=True)
    wanted.add_argument("--kills", type=int, default=0, help="kills in each cell")
    wanted.add_argument("--messages", type=int, default=0, help="by ten senders at once")
    parser.add_argument("--json", action="store_true", help="one JSON value on standard output")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=AT_MOST, help="at most, a cell")
    parser.add_argument("--database", choices=DATABASES, nargs="+", default=DATABASES)
    parser.add_argument("--kind", choices=KINDS, nargs="+", default=KINDS)
    parser.add_argument("--window", type=int, nargs="+", default=WINDOWS)
    said = parser.parse_args(arguments)
    cells = run_all(said)
    sys.stdout.write((json.dumps({"cells": cells}) if said.json else _table(cells)) + "\n")
    return 0 if all(is_right(cell) for cell in cells) else 1


if __name__ == "__main__":
    sys.exit(main())
