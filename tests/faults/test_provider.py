"""The provider of the fault tests keeps to the contract of adapters, in each of its kinds."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from regulars.messaging.choices import Result
from tests.faults.fake_channel import FakeChannel
from tests.faults.provider import KINDS
from tests.messaging.channels.adapter_contract import AdapterContract, Trouble
from tests.messaging.channels.parcels import make_parcel, outcomes_of


class Running:
    """A provider in a process of its own, and its journal."""

    def __init__(self, kind: str, journal: Path, *options: str) -> None:
        self.journal = journal
        command = [sys.executable, "-m", "tests.faults.provider", "--kind", kind]
        self.process = subprocess.Popen(
            [*command, "--journal", str(journal), *options], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout
        self.port = int(self.process.stdout.readline().split()[1])

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout
        self.process.stdout.close()

    def entries(self) -> list[dict[str, str]]:
        return [json.loads(line) for line in self.journal.read_text().splitlines()]


class ProviderContract(AdapterContract):
    kind: str
    cannot: ClassVar[set[str]] = set()

    @pytest.fixture(autouse=True)
    def _set_up(self, tmp_path: Path) -> Iterator[None]:
        self.running = Running(self.kind, tmp_path / "journal")
        self.adapter = self.channel = FakeChannel(self.kind, self.running.port, timeout=5)
        yield
        self.channel.close()
        self.running.stop()

    def delivered(self) -> list[str]:
        return [entry["to"] for entry in self.running.entries()]

    def make_trouble(self, kind: Trouble) -> bool:
        if kind == "gone":
            self.running.process.kill()
            self.running.process.wait()
            return True
        rate = {"drop": "drop", "vanish": "vanish", "refuse": "refuse", "later": "busy"}[kind]
        self.channel.behave(**{rate: 1.0})
        return True


class TestKeyed(ProviderContract):
    kind = "keyed"


class TestSearchable(ProviderContract):
    kind = "searchable"


class TestBlind(ProviderContract):
    kind = "blind"


@pytest.mark.parametrize("kind", KINDS)
def test_after_a_lost_answer_only_a_key_makes_trying_again_safe(kind: str, tmp_path: Path) -> None:
    """RELIABILITY M6: what a kind claims, shown on one that accepts and then drops."""
    running = Running(kind, tmp_path / "journal")
    channel, parcel = FakeChannel(kind, running.port, timeout=5), make_parcel()
    channel.behave(drop=1.0)
    lost = outcomes_of(channel, [parcel])
    channel.behave(drop=0.0)
    again = outcomes_of(channel, [parcel])
    found = channel.find(parcel.provider_key)
    channel.close()
    running.stop()

    assert [o.result for o in lost + again] == [Result.IN_DOUBT, Result.ACCEPTED]
    assert len(running.entries()) == {"keyed": 1, "searchable": 2, "blind": 2}[kind]
    assert (found is not None) == (kind == "searchable")


def test_a_provider_remembers_its_keys_when_it_is_started_again(tmp_path: Path) -> None:
    parcel, journal, ids = make_parcel(), tmp_path / "journal", []
    for _start in range(2):
        running = Running("keyed", journal)
        channel = FakeChannel("keyed", running.port, timeout=5)
        ids += [o.provider_id for o in outcomes_of(channel, [parcel])]
        channel.close()
        running.stop()

    assert len(set(ids)) == 1
    assert len(journal.read_text().splitlines()) == 1


def test_a_lie_after_the_delivery_is_no_refusal(tmp_path: Path) -> None:
    running = Running("blind", tmp_path / "journal", "--lie", "1")
    channel = FakeChannel("blind", running.port, timeout=5)

    outcomes = outcomes_of(channel, [make_parcel()])
    channel.close()
    running.stop()

    assert [o.result for o in outcomes] == [Result.IN_DOUBT]
    assert len(running.entries()) == 1
