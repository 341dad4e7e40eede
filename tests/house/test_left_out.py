"""What a run on another database than SQLite leaves out, because SQLite has said it."""

import pytest

from tests.conftest import asks_another_way, is_the_same_on_each
from tests.house.tree import ROOT


def test_who_uses_no_database_is_the_same_on_each(request: pytest.FixtureRequest) -> None:
    assert is_the_same_on_each(request.node)


@pytest.mark.django_db
def test_who_uses_the_database_is_not(request: pytest.FixtureRequest) -> None:
    assert not is_the_same_on_each(request.node)


@pytest.mark.usefixtures("owner")
def test_who_uses_it_through_somebody_else_is_not(request: pytest.FixtureRequest) -> None:
    assert not is_the_same_on_each(request.node)


@pytest.mark.same_on_each
@pytest.mark.django_db
def test_who_is_marked_is(request: pytest.FixtureRequest) -> None:
    assert is_the_same_on_each(request.node)


def test_who_starts_a_process_or_names_a_database_may_depend_on_it() -> None:
    asking = ("core/test_supervisor.py", "engines/test_weight.py", "house/test_databases.py")

    assert all(asks_another_way(ROOT / "tests" / name) for name in asking)
    assert not asks_another_way(ROOT / "tests" / "core" / "test_money.py")
