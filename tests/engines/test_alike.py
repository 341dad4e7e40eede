"""PostgreSQL beside DuckDB, the sample of `./dev long engines`; and what each engine refuses."""

import sys
from pathlib import Path

import pytest
from django.db import connection

from regulars.customers.sieves import found_by_engine
from regulars.engines import spark
from regulars.engines.errors import (
    EngineMissing,
    EngineOutOfReach,
    NoPostgresToCountOn,
    PairsOnDuckdbAlone,
    UnknownEngine,
)
from regulars.engines.opening import open_engine
from regulars.insight.models import CustomerFacts
from regulars.team.models import Business
from tests.engines.alike import (
    COME_BACK,
    counted_on,
    differences,
    sent_through,
    write_books_of_all_kinds,
)
from tests.factories.insight import make_buyer, refreshed

pytestmark = pytest.mark.django_db(transaction=True)
on_postgres = pytest.mark.only_on("postgresql")


@on_postgres
def test_postgres_counts_what_duckdb_counts(business: Business) -> None:
    write_books_of_all_kinds(business)

    on_duckdb = counted_on("duckdb")

    assert list(differences(on_duckdb, counted_on("postgres"))) == []
    tiers = {row["tier"] for row in on_duckdb["facts"]}
    assert tiers == {"active", "core", "lapsed", "lost", "new", "slipping"}
    assert sum(row["crowd_sales"] for row in on_duckdb["facts"]) == 1005
    # The one whose chance no number can hold is among them.
    assert min(row["still_there"] for row in on_duckdb["chances"]) < 1e-100


@on_postgres
def test_every_type_of_value_comes_back_from_postgres_as_it_was() -> None:
    assert sent_through("postgres") == COME_BACK


def test_every_type_of_value_comes_back_from_duckdb_as_it_was() -> None:
    assert sent_through("duckdb") == COME_BACK


@pytest.mark.parametrize("engine", ["duckdb", pytest.param("postgres", marks=on_postgres)])
def test_powers_of_nought_are_one_and_nought(engine: str) -> None:
    """The logarithm of nought is asked of no engine, not even of a number that stands there."""
    columns = {"base": "float64", "power": "float64"}
    with open_engine(engine) as counter:
        table = counter.put("powers", {"base": [0.0, 0.0, 2.0], "power": [0.0, 3.0, 3.0]}, columns)
        found = table.select(of_column=table.base**table.power, of_number=0.0**table.power)
        rows = counter.rows(found.order_by("of_column", "of_number"))

    assert [row["of_number"] for row in rows] == [0.0, 1.0, 0.0]
    assert [row["of_column"] for row in rows] == pytest.approx([0.0, 1.0, 8.0])


@on_postgres
def test_the_setting_chooses_and_the_count_says_who_counted(
    business: Business, settings: object
) -> None:
    ruth = make_buyer(7, 7)
    settings.INSIGHT_ENGINE = address_of_this_database()  # type: ignore[attr-defined]

    done = refreshed()

    # By its name alone: the address holds a password.
    assert (done.engine, done.changed_count) == ("postgres", 1)
    assert CustomerFacts.objects.get().customer_id == ruth.pk


def address_of_this_database() -> str:
    said = connection.settings_dict
    secret = f":{said['PASSWORD']}" if said["PASSWORD"] else ""
    at = f"{said['USER']}{secret}@" if said["USER"] else ""
    options = said.get("OPTIONS", {}).get("host", "")
    host = said["HOST"] or ""
    return f"postgres://{at}{host}{':' if said['PORT'] else ''}{said['PORT']}/{said['NAME']}" + (
        f"?host={options}" if options else ""
    )


@pytest.mark.only_on("sqlite")
def test_on_sqlite_postgres_wants_an_address() -> None:
    with pytest.raises(NoPostgresToCountOn) as refused, open_engine("postgres") as counter:
        counter.put("nothing", {"n": [1]}, {"n": "int64"})

    assert "REGULARS_ENGINE=postgres://" in refused.value.remedy


def test_a_server_that_is_not_there_is_said_without_its_password(tmp_path: Path) -> None:
    nowhere = f"postgres://ruth:sesame@/rye?host={tmp_path}"

    with pytest.raises(EngineOutOfReach) as refused, open_engine(nowhere) as counter:
        counter.put("nothing", {"n": [1]}, {"n": "int64"})

    assert "PostgreSQL, which is to count, cannot be reached" in refused.value.sentence
    assert "sesame" not in str(refused.value)


def test_an_unknown_engine_is_said_without_what_follows_its_name() -> None:
    with pytest.raises(UnknownEngine) as refused, open_engine("mysql://ruth:sesame@host/rye"):
        pass

    assert refused.value.sentence == "There is no engine called “mysql”."


@pytest.mark.same_on_each
def test_spark_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(EngineMissing) as without_package:
        spark.session_on("local[1]")
    monkeypatch.setattr(spark, "find_spec", lambda _name: object())
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(EngineMissing) as without_java:
        spark.session_on("local[1]")

    assert without_package.value.remedy == "Install it: pip install 'regulars[spark]'."
    assert "Java 17" in without_java.value.remedy


@pytest.mark.parametrize(
    ("setting", "master"),
    [
        ("spark", "local[2]"),
        ("spark://north:7077", "spark://north:7077"),
        ("spark:yarn", "yarn"),
        ("spark:local-cluster[2,1,1024]", "local-cluster[2,1,1024]"),
    ],
    ids=["here", "its own cluster", "another kind", "on this machine in several"],
)
@pytest.mark.same_on_each
def test_one_setting_names_the_master(setting: str, master: str, settings: object) -> None:
    settings.ENGINE_THREADS = 2  # type: ignore[attr-defined]

    assert spark.master_of(setting) == master


def test_duplicates_are_looked_for_on_duckdb_whatever_counts(settings: object) -> None:
    settings.INSIGHT_ENGINE = "spark"  # type: ignore[attr-defined]
    make_buyer(name="Florian")

    assert found_by_engine(None, step=lambda _words: None) == []
    with pytest.raises(PairsOnDuckdbAlone):
        found_by_engine("spark", step=lambda _words: None)
