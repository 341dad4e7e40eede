"""Named points at which the fault tests end, stop or trip a process; nothing happens else.

`REGULARS_FAULT` arms points: `name:nth:action`, several with commas. The nth time (1 is the first)
that the process comes past, it is killed (`kill9`), stopped (`stop`, a SIGSTOP), made to raise
(`raise`) or to sleep (`sleep=SECONDS`).
"""

import os
import signal
import time


class Tripped(RuntimeError):
    """Raised where a test asked for it."""


def _armed() -> dict[str, tuple[int, str]]:
    entries = [part.split(":") for part in os.environ.get("REGULARS_FAULT", "").split(",") if part]
    return {name: (int(nth), action) for name, nth, action in entries}


_ARMED = _armed()
_passed: dict[str, int] = {}


def fault(name: str) -> None:
    """A point that a fault test can arm."""
    if name not in _ARMED:
        return
    nth, action = _ARMED[name]
    _passed[name] = _passed.get(name, 0) + 1
    if _passed[name] == nth:
        _act(name, action)


def _act(name: str, action: str) -> None:
    if action == "kill9":
        os.kill(os.getpid(), signal.SIGKILL)
    elif action == "stop":
        os.kill(os.getpid(), signal.SIGSTOP)
    elif action == "raise":
        raise Tripped(name)
    elif action.startswith("sleep="):
        time.sleep(float(action.removeprefix("sleep=")))
    else:
        raise ValueError(f"REGULARS_FAULT: there is no action {action}")
