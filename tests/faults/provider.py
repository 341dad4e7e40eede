"""A provider in a process of its own, which writes down every delivery before it answers.

    python -m tests.faults.provider --kind keyed|searchable|blind --journal FILE [--port N]

It prints `ready <port>` once it listens. The journal has one line of JSON a delivery: what a
recipient would have received, whatever the sender believes. Over a connection it takes lines of
JSON, a `send` followed by as many bytes as it says:

    {"op": "send", "key": ..., "message_id": ..., "to": ..., "size": n}   -> {"id": ...} or {"error": code}
    {"op": "find", "key": ...}                                            -> {"id": ...} or {}
    {"op": "behave", "drop": 0.1, ...}                                    -> {}

Rates are between 0 and 1: `drop` (delivers, then hangs up without an answer), `vanish` (hangs up
and delivers nothing), `lie` (delivers and answers 500), `busy` (answers 429 and delivers nothing),
`refuse` (answers 422); `delay` is in seconds. `duplicate` tells an event twice, where `--hook`
names an address to tell events to, signed by Standard Webhooks with `--secret`.
"""  # noqa: E501

import argparse
import base64
import contextlib
import hashlib
import json
import os
import random
import socketserver
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from io import BufferedIOBase
from pathlib import Path
from typing import Any

from regulars.messaging.channels.hearing import signature

KINDS = ("keyed", "searchable", "blind")


@dataclass(frozen=True)
class Behaviour:
    drop: float = 0.0
    vanish: float = 0.0
    lie: float = 0.0
    busy: float = 0.0
    refuse: float = 0.0
    duplicate: float = 0.0
    delay: float = 0.0


@dataclass
class Provider:
    """What it has delivered, and how it behaves."""

    kind: str
    journal: Path
    behaviour: Behaviour = field(default_factory=Behaviour)
    compares_body: bool = False
    # How long a search does not find what is there already, in seconds.
    hides_for: float = 0.0
    # How long a caller may be silent in the middle of a parcel, in seconds; 0: for ever.
    patience: float = 0.0
    hook: str = ""
    secret: str = ""
    seed: int = 1
    known: dict[str, tuple[str, str, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.lock = threading.Lock()
        self.count = 0
        if self.journal.exists():
            for line in self.journal.read_text().splitlines():
                entry = json.loads(line)
                self._remember(entry)
        self.written = self.journal.open("ab")

    def _remember(self, entry: dict[str, Any]) -> None:
        self.count += 1
        self.known[entry["key"]] = (entry["id"], entry["sha256"], entry["at"])

    def send(self, asked: dict[str, Any], body: bytes) -> dict[str, Any] | None:
        """The answer; None hangs up without one."""
        now = self.behaviour
        time.sleep(now.delay)
        for rate, answer in ((now.busy, 429), (now.refuse, 422)):
            if self.chance.random() < rate:
                return {"error": answer}
        if self.chance.random() < now.vanish:
            return None
        entry = self._deliver(asked, hashlib.sha256(body).hexdigest())
        if entry is None:
            return {"error": 409}
        if self.chance.random() < now.drop:
            return None
        return {"error": 500} if self.chance.random() < now.lie else {"id": entry}

    def _deliver(self, asked: dict[str, Any], sha256: str) -> str | None:
        with self.lock:
            before = self.known.get(asked["key"]) if self.kind == "keyed" else None
            if before:
                return None if self.compares_body and before[1] != sha256 else before[0]
            entry = {
                "id": f"p-{self.count + 1:08}", "key": asked["key"], "to": asked["to"],
                "message_id": asked["message_id"], "sha256": sha256, "at": time.time(),
            }  # fmt: skip
            self.written.write(json.dumps(entry).encode() + b"\n")
            self.written.flush()
            os.fsync(self.written.fileno())
            self._remember(entry)
        if self.hook:
            threading.Thread(target=self._tell, args=(entry,), daemon=True).start()
        return str(entry["id"])

    def find(self, key: str) -> dict[str, Any]:
        if self.kind != "searchable":
            return {"error": 404}
        found = self.known.get(key)
        if found is None or time.time() - found[2] < self.hides_for:
            return {}
        return {"id": found[0], "at": found[2]}

    def _tell(self, entry: dict[str, Any]) -> None:
        event = {
            "type": "delivered", "message_id": entry["message_id"], "key": entry["key"],
            "id": entry["id"], "to": entry["to"], "at": datetime.now(UTC).isoformat(),
        }  # fmt: skip
        body, event_id, stamp = (
            json.dumps(event).encode(),
            f"e-{entry['id']}",
            str(int(time.time())),
        )
        headers = {
            "content-type": "application/json", "webhook-id": event_id, "webhook-timestamp": stamp,
            "webhook-signature": signature(self.secret, event_id, stamp, body),
        }  # fmt: skip
        times = 2 if self.chance.random() < self.behaviour.duplicate else 1
        for _time in range(times):
            request = urllib.request.Request(self.hook, data=body, headers=headers)
            with contextlib.suppress(OSError):
                urllib.request.urlopen(request, timeout=5).close()

    def behave(self, changed: dict[str, Any]) -> None:
        names = {one.name for one in fields(Behaviour)}
        self.behaviour = replace(
            self.behaviour, **{k: float(v) for k, v in changed.items() if k in names}
        )


class Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, provider: Provider) -> None:
        self.provider = provider
        super().__init__(("127.0.0.1", port), Caller)


class Caller(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self) -> None:
        assert isinstance(self.server, Listener)
        with contextlib.suppress(OSError):
            while answer := answer_to(self.server.provider, self.rfile, self.connection.settimeout):
                self.wfile.write(json.dumps(answer[0]).encode() + b"\n")


def answer_to(
    provider: Provider, heard: BufferedIOBase, within: Callable[[float | None], None]
) -> tuple[dict[str, Any]] | None:
    """The answer to the next line, or None where this connection ends."""
    line = heard.readline()
    if not line.endswith(b"\n"):
        return None
    asked = json.loads(line)
    if asked["op"] == "behave":
        provider.behave(asked)
        return ({},)
    if asked["op"] == "find":
        return (provider.find(asked["key"]),)
    # Like any provider's, ours hangs up on whoever falls silent in the middle of a parcel.
    within(provider.patience or None)
    body = heard.read(asked["size"])
    within(None)
    # Half a parcel is none.
    if len(body) < asked["size"]:
        return None
    answer = provider.send(asked, body)
    return None if answer is None else (answer,)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kind", choices=KINDS, required=True)
    parser.add_argument("--journal", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--compares-body", action="store_true")
    parser.add_argument("--hides-for", type=float, default=0.0)
    parser.add_argument("--patience", type=float, default=0.0)
    parser.add_argument("--hook", default="")
    parser.add_argument("--secret", default="whsec_" + base64.b64encode(b"k" * 32).decode())
    parser.add_argument("--seed", type=int, default=1)
    rates = [one.name for one in fields(Behaviour)]
    for rate in rates:
        parser.add_argument(f"--{rate}", type=float, default=0.0)
    said = parser.parse_args()
    provider = Provider(
        said.kind, said.journal, Behaviour(**{rate: getattr(said, rate) for rate in rates}),
        said.compares_body, said.hides_for, said.patience, said.hook, said.secret, said.seed,
    )  # fmt: skip
    with Listener(said.port, provider) as listener:
        sys.stdout.write(f"ready {listener.server_address[1]}\n")
        sys.stdout.flush()
        listener.serve_forever()


if __name__ == "__main__":
    main()
