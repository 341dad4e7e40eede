"""A key is made once, whoever asks first."""

import os
import stat
import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from regulars.core import keys


def test_of_those_who_make_a_key_at_once_all_read_the_same(settings: object) -> None:
    folder = Path(settings.HOME) / "keys"  # type: ignore[attr-defined]
    for number in range(20):
        together, read = threading.Barrier(6, timeout=10), []

        def ask(number: int = number, together: threading.Barrier = together) -> None:
            together.wait()
            # Every process begins without what another remembers.
            read.append(keys._read(folder / f"{number}.key"))  # noqa: B023

        threads = [threading.Thread(target=ask) for _one in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)

        assert len(read) == 6
        assert set(read) == {bytes.fromhex((folder / f"{number}.key").read_text())}

    assert len(list(folder.iterdir())) == 20
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}


def test_a_file_that_holds_no_key_is_never_used_as_one(settings: Any) -> None:
    for number, held in enumerate(("", "\n", "00" * 16, "00" * 33, "not a key")):
        file = Path(settings.HOME) / "keys" / f"{number}.key"
        file.parent.mkdir(exist_ok=True)
        file.write_text(held)

        with pytest.raises(ImproperlyConfigured, match="bring that file back from a backup"):
            keys.kept_key(str(number))

        assert file.read_text() == held


def test_a_key_is_on_the_disk_before_it_has_its_name(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    fsync, link = os.fsync, os.link

    def settle(number: int) -> None:
        done.append(Path(f"/proc/self/fd/{number}").resolve().name)
        fsync(number)

    def name(fresh: Path, file: Path) -> None:
        done.append("named")
        link(fresh, file)

    monkeypatch.setattr(os, "fsync", settle)
    monkeypatch.setattr(os, "link", name)

    keys.kept_key("state")

    assert done[0].startswith("state.key.")
    assert done[1:] == ["named", "keys", Path(settings.HOME).name]
