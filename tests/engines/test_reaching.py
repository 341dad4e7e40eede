"""Whether what is to count can count, as `regulars doctor` asks it."""

import socket
from pathlib import Path

import pytest

from regulars.cli import diagnosis
from regulars.engines import spark
from regulars.engines.reaching import trouble_of_the_engine

pytestmark = [pytest.mark.django_db, pytest.mark.same_on_each]


@pytest.fixture
def with_java(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").touch()
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    monkeypatch.setattr(spark, "find_spec", lambda _name: object())


def said(engine: str, settings: object) -> str:
    settings.INSIGHT_ENGINE = engine  # type: ignore[attr-defined]
    trouble = trouble_of_the_engine()
    return trouble.sentence if trouble else ""


def test_the_default_is_always_there(settings: object) -> None:
    assert said("duckdb", settings) == ""


@pytest.mark.usefixtures("with_java")
def test_a_cluster_is_asked_whether_it_answers(settings: object) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        answered = said(f"spark://127.0.0.1:{port}", settings)
        beside_one_that_is_gone = said(f"spark://127.0.0.1:1,127.0.0.1:{port}", settings)
    silent = said(f"spark://127.0.0.1:{port}", settings)

    assert (answered, beside_one_that_is_gone) == ("", "")
    assert silent.startswith(f"Spark, which is to count, cannot be reached: 127.0.0.1:{port}:")


def test_the_doctor_says_what_stands_in_the_way(settings: object) -> None:
    settings.INSIGHT_ENGINE = "abacus"  # type: ignore[attr-defined]

    found = {finding.sentence: finding.remedy for finding in diagnosis.findings()}

    assert found["There is no engine called “abacus”."] == (
        "Choose one of these: duckdb, postgres, spark."
    )
