from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

import pytest

from regulars.core.errors import Refusal
from regulars.team import actions, queries
from regulars.team.models import Member
from tests.factories.team import make_business, make_member

pytestmark = pytest.mark.django_db

Asked = Callable[[int], AbstractContextManager[Any]]


def test_the_business_is_nothing_before_it_is_named() -> None:
    assert (queries.the_business(), queries.zone_of_the_business()) == (None, None)


def test_the_named_business_refuses_with_what_to_do() -> None:
    with pytest.raises(Refusal, match="Make the first account in the browser"):
        queries.the_named_business()


def test_zone_of_the_business() -> None:
    make_business(time_zone="Asia/Tokyo")

    assert queries.zone_of_the_business() == "Asia/Tokyo"


def test_the_business_is_read_once_while_it_is_kept(django_assert_num_queries: Asked) -> None:
    business = make_business(name="Juniper")

    with queries.business_kept(business), django_assert_num_queries(0):
        first = queries.the_named_business()
        first.name = "written into a form"
        second = queries.the_named_business()

    assert second.name == "Juniper"


def test_a_business_described_anew_is_read_anew(owner: Member) -> None:
    business, now = queries.the_named_business(), datetime(2026, 11, 24, tzinfo=UTC)
    described = actions.Described("Rye", "GBP", "Europe/London")

    with queries.business_kept(business):
        actions.name_business(described, live_since=business.live_since, by=owner.actor, at=now)

        assert queries.the_named_business().name == "Rye"


def test_members_who_look_after_leaves_out_viewers_and_those_who_left() -> None:
    nora, tomasz = make_member("owner"), make_member("manager")
    priya = make_member("helper")
    make_member("viewer")
    make_member("manager", name="Gone", is_active=False)

    assert queries.members_who_look_after() == [nora, priya, tomasz]


def test_first_owner_is_who_joined_first_and_may_still_sign_in() -> None:
    early, later = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
    make_member("owner", name="Left", joined_at=early, is_active=False)
    second = make_member("owner", name="Zoe", joined_at=early)
    make_member("owner", name="Ann", joined_at=later)

    assert queries.first_owner() == second
