"""Being asked to end: by Ctrl+C, or by whoever started us."""

import signal
import time
from types import FrameType

STEP_SECONDS = 0.2


class Asked:
    """Whether this process has been asked to end, from its making on.

    A plain flag and no `threading.Event`: its lock may be held by the very thread that the signal
    interrupts, which then waits for itself for ever.
    """

    def __init__(self) -> None:
        self._was = False
        signal.signal(signal.SIGTERM, self._note)
        signal.signal(signal.SIGINT, self._note)

    def __bool__(self) -> bool:
        return self._was

    def wait(self, seconds: float) -> bool:
        """Rest so long, or until somebody asks; whether anybody has."""
        ends = time.monotonic() + seconds
        while not self._was and (left := ends - time.monotonic()) > 0:
            time.sleep(min(left, STEP_SECONDS))
        return self._was

    def _note(self, _signal: int, _frame: FrameType | None) -> None:
        self._was = True
