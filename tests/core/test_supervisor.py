import os
import signal
import subprocess
import sys
import time
from pathlib import Path

PARENT = """
import sys
from regulars.core.supervisor import Supervisor
write = "import os,sys,time; open(sys.argv[1]+'.'+str(os.getpid()),'w'); time.sleep(60)"
child, folder = [sys.executable, "-c", write], sys.argv[1]
children = {name: [*child, f"{folder}/{name}"] for name in ("one", "two")}
sys.exit(Supervisor(children).run())
"""


def wait_for(folder: Path, pattern: str, count: int) -> list[int]:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        found = [int(path.suffix[1:]) for path in folder.glob(pattern)]
        if len(found) >= count:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{pattern} did not come up {count} times")


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_supervisor_restarts_the_fallen_and_stops_everything(tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)])
    try:
        first = wait_for(tmp_path, "one.*", 1)[0]
        wait_for(tmp_path, "two.*", 1)
        os.kill(first, signal.SIGKILL)
        wait_for(tmp_path, "one.*", 2)
        parent.send_signal(signal.SIGINT)
        assert parent.wait(20) == 0
    finally:
        parent.kill()

    children = [int(path.suffix[1:]) for path in tmp_path.glob("*.*")]
    assert [pid for pid in children if is_alive(pid)] == []
