"""What must be on the disk before anybody relies on it."""

import os
from pathlib import Path


def settle(path: Path) -> None:
    """Wait until a file's content, or the names in a folder, would outlive a power cut."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
