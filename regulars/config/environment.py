"""Typed readers of the environment: the only place that looks at it for settings."""

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def env_text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def env_yes(name: str, *, default: bool) -> bool:
    value = env_text(name).lower()
    if value in ("", "1", "true", "yes", "on", "0", "false", "no", "off"):
        return default if not value else value in ("1", "true", "yes", "on")
    raise ImproperlyConfigured(f"{name} is '{value}'; write yes or no.")


def env_number(name: str, default: int) -> int:
    value = env_text(name, str(default))
    try:
        return int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is '{value}'; write a whole number.") from error


def senders_for(database: dict[str, object]) -> int:
    """How many processes send where nobody has said: one renders while another waits for the disk.

    SQLite has one writer at a time, and on one core there is nothing to gain.
    """
    is_server = database["ENGINE"] == "django.db.backends.postgresql"
    return 2 if is_server and _cores() > 1 else 1


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def env_list(name: str) -> list[str]:
    return [part.strip() for part in env_text(name).split(",") if part.strip()]


def env_folder(name: str, default: Path) -> Path:
    """A folder that is made, private to its owner, when it is not there yet."""
    folder = Path(env_text(name) or default).expanduser().resolve()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def kept_secret(file: Path) -> str:
    """The instance's own secret: made once, readable by its owner alone."""
    if not file.exists():
        file.touch(mode=0o600, exist_ok=True)
        if not file.read_text():
            file.write_text(secrets.token_urlsafe(48))
    return file.read_text().strip()


def env_database(name: str, home: Path) -> dict[str, object]:
    """`postgres://user:password@host:port/name`, or SQLite in the instance's folder."""
    url = env_text(name)
    if not url:
        return _sqlite(home / "regulars.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(Path(unquote(parts.path)))
    if parts.scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured(f"{name} starts with '{parts.scheme}:'; write postgres://…")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", unquote(parts.hostname or "")),
        "PORT": str(parts.port or options.pop("port", "")),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def _sqlite(file: Path) -> dict[str, object]:
    # RELIABILITY D1: nothing acknowledged is lost at a power cut, and writers wait in line.
    pragmas = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
        # What is deleted is written over where that costs no writing; `core.scrub` does the rest.
        " PRAGMA secure_delete=FAST;"
    )
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(file),
        "CONN_MAX_AGE": 60,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 10, "init_command": pragmas},
        "TEST": {"NAME": env_text("REGULARS_TEST_SQLITE") or None},
    }
