"""What must hold after every experiment (RELIABILITY 3.1): invariants, not numbers."""

from typing import Any

DATABASES = ("sqlite", "postgres")
KINDS = ("keyed", "searchable", "blind")
WINDOWS = (1, 16)
# The letters of RELIABILITY 3.1, by the names that the code gives the points.
POINTS = {
    "K2": "claim.before_commit",
    "K3": "claim.after_commit",
    "K4": "intents.before_commit",
    "K5": "intents.after_commit",
    "K5b": "wire.before",
    "K6": "wire.half",
    "K7": "wire.sent",
    "K8": "wire.answered",
    "K8b": "outcomes.before_commit",
    "K10": "outcomes.after_commit",
}
# Up to here nothing has left: not even a blind provider leaves a doubt.
CERTAIN = {"K2", "K3", "K4", "K10"}
MID_WINDOW = {"K5b", "K6", "K7", "K8"}


def armed(letter: str, window: int, action: str) -> str:
    """The point, in the middle of a window where there is one."""
    nth = 5 if letter in MID_WINDOW and window > 1 else 1
    return f"{POINTS[letter]}:{nth}:{action}"


def broken(found: dict[str, Any], *, most_unknown: int) -> list[str]:
    """Which invariants do not hold."""
    wrong = [name for name in ("lost", "repeated", "untrue", "unowned") if found[name]]
    if found["unknown"] > most_unknown:
        wrong.append(f"{found['unknown']} unknown, {most_unknown} at most")
    if found.get("tripped") is False:
        wrong.append("the point was never reached")
    if found.get("settled") is False:
        wrong.append("not settled")
    return wrong
