"""The business that a benchmark keeps in a folder, opened as the product opens it."""

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def options_of(page: str | None, customers: int = 100_000) -> argparse.ArgumentParser:
    """What every benchmark with a business of its own can be told."""
    parser = argparse.ArgumentParser(description=page)
    parser.add_argument("--customers", type=int, default=customers)
    parser.add_argument("--at", type=Path, help="keep the business in this folder")
    parser.add_argument("--postgres", help="DATABASE_URL of an empty PostgreSQL database")
    return parser


@contextmanager
def opened(name: str, options: argparse.Namespace, now: datetime) -> Iterator[Path]:
    """Its folder, with Django set up on it and the clock stopped."""
    home: Path = options.at or ROOT / "var" / "bench" / f"{name}-{options.customers}"
    os.environ["REGULARS_HOME"] = str(home)
    os.environ["DATABASE_URL"] = options.postgres or ""
    os.environ["DJANGO_SETTINGS_MODULE"] = "regulars.config.settings"
    home.mkdir(parents=True, exist_ok=True)
    import django

    django.setup()
    from regulars.core import clock

    with clock.stopped_at(now):
        yield home
