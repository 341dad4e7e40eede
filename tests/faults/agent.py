"""The process on whose stage senders are killed; it is told what to try, one line of JSON each.

    python -m tests.faults.agent     (REGULARS_HOME and DATABASE_URL name the instance)

It stays warm: a sender is a fork of it and costs milliseconds, so that a thousand kills take
minutes. `Agent` is how tests and `kills.py` talk to it.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


class Agent:
    """An agent in a process of its own."""

    def __init__(self, home: Path, database_url: str) -> None:
        env = {
            **os.environ, "REGULARS_HOME": str(home), "DATABASE_URL": database_url,
            "DJANGO_SETTINGS_MODULE": "regulars.config.settings", "REGULARS_FAULT": "",
            "PUBLIC_URL": "https://juniper.example",
        }  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.agent"], env=env, cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def tell(self, experiment: str, **wanted: Any) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps({"try": experiment, **wanted}) + "\n")
        self.process.stdin.flush()

    def hear(self) -> Any:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the agent has ended; what it said stands above")
        return json.loads(line)

    def ask(self, experiment: str, **wanted: Any) -> Any:
        self.tell(experiment, **wanted)
        return self.hear()

    def close(self) -> None:
        assert self.process.stdin
        assert self.process.stdout
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


@contextlib.contextmanager
def agent_on(database_url: str) -> Iterator[Agent]:
    """An agent on SQLite, or on the PostgreSQL database of this name, made anew."""
    with tempfile.TemporaryDirectory(prefix="regulars-faults-") as home:
        agent = Agent(Path(home), database_url)
        try:
            yield agent
        finally:
            agent.close()


def fresh_database(server_url: str, name: str) -> str:
    """Make an empty database that keeps what it commits, as one in earnest would."""
    import psycopg

    with psycopg.connect(server_url, autocommit=True) as database:
        database.execute(f"DROP DATABASE IF EXISTS {name}")
        database.execute(f"CREATE DATABASE {name}")
        database.execute(f"ALTER DATABASE {name} SET synchronous_commit = on")
    return server_url.rpartition("/")[0] + f"/{name}"


def main() -> None:
    # What is printed by accident must not stand among the answers.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    os.set_inheritable(answers.fileno(), False)
    import django

    django.setup()
    from tests.faults.experiments import EXPERIMENTS
    from tests.faults.stage import Stage

    stage = Stage()
    try:
        for line in sys.stdin:
            wanted = json.loads(line)
            found = EXPERIMENTS[wanted.pop("try")](stage, **wanted)
            answers.write(json.dumps(found) + "\n")
            answers.flush()
    finally:
        stage.close()


if __name__ == "__main__":
    main()
