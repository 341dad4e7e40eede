"""Ledgers: what a restore must not forget, kept as lines of JSON beside the database.

RELIABILITY D4. A backup is older than today; who has said no since then stands in a ledger, which
is copied to where the backups are and replayed before a restored instance may act.
"""

import json
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any

from django.conf import settings

from regulars.core.disk import settle
from regulars.core.registry import Registry

log = logging.getLogger("regulars.ledgers")

FOLDER = "ledgers"
# Lines written in one go where a copy is brought up to date.
AT_ONCE = 5_000

Line = dict[str, Any]
# Brings lines, oldest first, into the database once more, safe to repeat; returns how many changed.
Replay = Callable[[Iterator[Line], datetime], int]
# Given the lines of a ledger, those that the database knows and the ledger does not.
Missing = Callable[[Iterator[Line]], Iterator[Line]]
_replays: Registry[Replay] = Registry("ledgers")
_checks: Registry[Missing] = Registry("checks of ledgers")


def register(name: str, replay: Replay, missing: Missing | None = None) -> Replay:
    """Let a room keep a ledger of this name; `missing` finds what a crash kept out of it."""
    if missing:
        _checks.register(name, missing)
    return _replays.register(name, replay)


def append(name: str, line: Mapping[str, Any]) -> None:
    """Write one line down for good: it is on the disk when this returns."""
    append_all(name, [line])


def append_all(name: str, lines: Iterable[Mapping[str, Any]]) -> None:
    """Write lines down for good, all in one go: they are on the disk when this returns.

    The copy beside the backups may be out of reach for a while; the next backup brings it up to
    date.
    """
    if name not in _replays:
        raise ValueError(f"no ledger is called {name}")
    written = [
        json.dumps(line, ensure_ascii=False, default=str, separators=(",", ":")) for line in lines
    ]
    if not written:
        return
    _append(own_folder() / f"{name}.jsonl", written)
    try:
        _append(backups_folder() / FOLDER / f"{name}.jsonl", written)
    except OSError as error:
        log.warning("the copy of the ledger %s is out of reach: %s", name, error)


def replay_all(at: datetime) -> dict[str, int]:
    """Bring every ledger into the database again; how many lines changed something, by name."""
    return {name: _replays[name](lines_of(name), at) for name in _replays.names()}


def catch_up(*, is_expected: bool = False) -> dict[str, int]:
    """Write down what a crash kept out of the ledgers: how many lines were missing, by name.

    `is_expected`: rows were written in bulk, and are told of here.
    """
    found = {}
    for name in _checks.names():
        missing = list(_checks[name](lines_of(name)))
        append_all(name, missing)
        found[name] = len(missing)
        if missing and not is_expected:
            log.warning("%s lines were missing in the ledger %s", len(missing), name)
    return found


def lines_of(name: str) -> Iterator[Line]:
    """The lines of a ledger, oldest first; a line torn by a crash was never confirmed."""
    for line in _raw(own_folder() / f"{name}.jsonl"):
        try:
            yield json.loads(line)
        except ValueError:
            log.warning("a torn line of the ledger %s is left out", name)


def copy_to(folder: Path) -> None:
    """Bring the copies of all ledgers in a folder up to date."""
    for file in sorted(own_folder().glob("*.jsonl")):
        gather(folder / file.name, _raw(file))


def gather(into: Path, lines: Iterable[str]) -> None:
    """Add those lines that a ledger does not hold yet, in their order.

    A copy usually begins as its ledger does: then only what comes after is written, and neither
    is held in memory. Where they differ, hashes of the lines that are there are.
    """
    there, own = _raw(into), iter(lines)
    fresh: Iterator[str] = own
    for line in there:
        said = next(own, None)
        if said != line:
            known = set(map(hash, _raw(into)))
            rest = own if said is None else chain([said], own)
            fresh = (one for one in rest if hash(one) not in known)
            break
    while some := list(islice(fresh, AT_ONCE)):
        _append(into, some)


def own_folder() -> Path:
    return Path(settings.HOME) / FOLDER


def backups_folder() -> Path:
    """Where backups go: REGULARS_BACKUPS, or a folder of the instance."""
    return Path(settings.BACKUPS) if settings.BACKUPS else Path(settings.HOME) / "backups"


def _raw(file: Path) -> Iterator[str]:
    """Line by line: after years a ledger is longer than memory should hold."""
    if not file.exists():
        return
    # A line torn within a letter is no line; it is told so where lines are read.
    with file.open(encoding="utf-8", errors="replace", newline="\n") as lines:
        for line in lines:
            if kept := line.removesuffix("\n"):
                yield kept


def _append(file: Path, lines: Iterable[str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    is_new = not file.exists()
    number = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        # A line torn by a crash ends here, so that it does not swallow the next one.
        start = "\n" if _is_torn(number) else ""
        left = memoryview((start + "".join(f"{line}\n" for line in lines)).encode())
        while left:
            left = left[os.write(number, left) :]
        os.fsync(number)
    finally:
        os.close(number)
    if is_new:
        # A new name is on the disk only when its folder is.
        settle(file.parent)


def _is_torn(number: int) -> bool:
    size = os.fstat(number).st_size
    return size > 0 and os.pread(number, 1, size - 1) != b"\n"
