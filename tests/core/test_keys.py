"""A key is made once, whoever asks first."""

import stat
import threading
from pathlib import Path

from regulars.core import keys


def test_of_those_who_make_a_key_at_once_all_read_the_same(settings: object) -> None:
    folder = Path(settings.HOME) / "keys"  # type: ignore[attr-defined]
    for number in range(20):
        together, read = threading.Barrier(6, timeout=10), []

        def ask(number: int = number, together: threading.Barrier = together) -> None:
            together.wait()
            # Every process begins without what another remembers.
            read.append(keys._read.__wrapped__(folder / f"{number}.key"))  # noqa: B023

        threads = [threading.Thread(target=ask) for _one in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)

        assert len(read) == 6
        assert set(read) == {bytes.fromhex((folder / f"{number}.key").read_text())}

    assert len(list(folder.iterdir())) == 20
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
