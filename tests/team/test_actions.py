from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import pytest

from regulars.core.actor import COMMAND
from regulars.core.models import AuditEntry, Event
from regulars.team import actions, queries
from regulars.team.actions import Described, NewMember
from regulars.team.choices import LinkKind
from regulars.team.errors import (
    AlreadyOnTheTeam,
    CurrencySettled,
    DaysAlreadyClosed,
    LastOwner,
    LinkNotOpen,
    StillLooksAfterCustomers,
)
from regulars.team.models import Business, Closure, Member, OneTimeLink, hash_of
from regulars.team.queries import amounts_kept, looked_after, minutes_on
from tests.factories.team import make_member

pytestmark = pytest.mark.django_db

BAKERY = Described("Juniper & Rye", "GBP", "Europe/London", "GB")
NORA = NewMember("Nora Lindqvist", "Nora@Juniper.example", "wheat and rye and juniper")
MONDAY = date(2026, 11, 23)


@pytest.fixture
def counted() -> Iterator[dict[int, int]]:
    """How many customers each member looks after, as a room above the team would say."""
    counts: dict[int, int] = {}
    looked_after.register("test", lambda ids: {i: counts[i] for i in ids if i in counts})
    yield counts
    del looked_after._things["test"]


@pytest.fixture
def _orders_kept() -> Iterator[None]:
    amounts_kept.register("test", lambda: True)
    yield
    del amounts_kept._things["test"]


# The business


def test_name_business_makes_the_one_business(at: datetime) -> None:
    actions.name_business(BAKERY, live_since=date(2026, 11, 2), by=COMMAND, at=at)

    rows = list(Business.objects.values_list("id", "name", "currency", "time_zone", "live_since"))
    assert rows == [(1, "Juniper & Rye", "GBP", "Europe/London", date(2026, 11, 2))]
    assert AuditEntry.objects.get(thing="team.business").verb == "described"


def test_name_business_changes_the_currency_while_nothing_is_kept_in_it(
    business: Business, at: datetime
) -> None:
    euro = Described("Juniper & Rye", "EUR", "Europe/London", "GB")

    actions.name_business(euro, live_since=business.live_since, by=COMMAND, at=at)

    assert Business.objects.get().currency == "EUR"


@pytest.mark.usefixtures("_orders_kept")
def test_name_business_refuses_another_currency_once_orders_are_kept(
    business: Business, at: datetime
) -> None:
    euro = Described("Juniper & Rye", "EUR", "Europe/London", "GB")

    with pytest.raises(CurrencySettled, match="The currency stays GBP"):
        actions.name_business(euro, live_since=business.live_since, by=COMMAND, at=at)

    assert Business.objects.get().currency == "GBP"


def test_set_opening_hours_replaces_the_week(business: Business, at: datetime) -> None:
    week = [(0, time(8), time(13)), (0, time(14), time(18)), (5, time(7), time(12))]
    actions.set_opening_hours(business, [(2, time(9), time(17))], by=COMMAND, at=at)

    actions.set_opening_hours(business, week, by=COMMAND, at=at)

    kept = business.opening_hours.values_list("weekday", "opens_at", "closes_at")
    assert list(kept) == week


def test_add_closure_announces_the_days(business: Business, at: datetime) -> None:
    closure = actions.add_closure(
        business, date(2026, 10, 3), date(2026, 10, 14), why="Water", by=COMMAND, at=at
    )

    assert closure.day_count == 12
    assert Event.objects.get(kind="team.DaysClosedChanged").payload == {
        "starts_on": "2026-10-03",
        "ends_on": "2026-10-14",
    }


@pytest.mark.parametrize(
    ("starts", "ends"), [(3, 14), (14, 20), (1, 3), (5, 6)], ids=["same", "end", "start", "inside"]
)
def test_add_closure_refuses_days_that_are_closed_already(
    business: Business, at: datetime, starts: int, ends: int
) -> None:
    actions.add_closure(business, date(2026, 10, 3), date(2026, 10, 14), by=COMMAND, at=at)

    with pytest.raises(DaysAlreadyClosed):
        actions.add_closure(
            business, date(2026, 10, starts), date(2026, 10, ends), by=COMMAND, at=at
        )

    assert Closure.objects.count() == 1


def test_remove_closure_announces_the_days_again(business: Business, at: datetime) -> None:
    day = date(2026, 10, 3)
    closure = actions.add_closure(business, day, day, by=COMMAND, at=at)

    actions.remove_closure(closure, by=COMMAND, at=at)

    assert not Closure.objects.exists()
    assert Event.objects.filter(kind="team.DaysClosedChanged").count() == 2


# Links


def test_only_the_hash_of_a_token_is_kept(at: datetime) -> None:
    token = actions.make_first_account_link(by=COMMAND, at=at)

    link = OneTimeLink.objects.get()
    assert link.token_hash == hash_of(token)
    assert token not in str(OneTimeLink.objects.values().get())
    # RELIABILITY A4: 160 bits, in base64.
    assert len(token) == 27


def test_a_new_first_account_link_closes_the_earlier_one(at: datetime) -> None:
    earlier = actions.make_first_account_link(by=COMMAND, at=at)
    actions.make_first_account_link(by=COMMAND, at=at)

    with pytest.raises(LinkNotOpen):
        actions.make_first_account(earlier, NORA, BAKERY, at=at)

    assert not Member.objects.exists()


def test_a_new_sign_in_link_leaves_the_links_of_others_open(at: datetime) -> None:
    nora, tomasz = make_member("owner"), make_member("manager")
    for_nora = actions.make_sign_in_link(nora, by=COMMAND, at=at)
    actions.make_sign_in_link(tomasz, by=COMMAND, at=at)

    assert actions.redeem_sign_in_link(for_nora, at=at) == nora


def test_make_first_account_makes_owner_and_business(at: datetime) -> None:
    token = actions.make_first_account_link(by=COMMAND, at=at)

    owner = actions.make_first_account(token, NORA, BAKERY, at=at)

    assert (owner.role, owner.email, owner.is_active) == ("owner", "nora@juniper.example", True)
    assert owner.check_password("wheat and rye and juniper")
    assert [minutes_on(owner.pk, MONDAY + timedelta(days=n)) for n in range(7)] == [60] * 7
    assert Business.objects.get().live_since == date(2026, 11, 24)
    assert set(AuditEntry.objects.values_list("verb", flat=True)) >= {"joined", "described"}


def test_live_since_is_the_day_where_the_business_is() -> None:
    late = datetime.fromisoformat("2026-11-24T20:00:00+00:00")
    token = actions.make_first_account_link(by=COMMAND, at=late)
    sydney = Described("Bakehouse", "AUD", "Australia/Sydney", "AU")

    actions.make_first_account(token, NORA, sydney, at=late)

    assert Business.objects.get().live_since == date(2026, 11, 25)


def test_files_that_come_before_people_find_a_business_and_an_owner_who_waits(
    at: datetime,
) -> None:
    begun = actions.begin_unasked(by=COMMAND, at=at, currency="GBP")
    again = actions.begin_unasked(by=COMMAND, at=at, currency="EUR")

    assert (begun.currency, again.currency) == ("GBP", "GBP")
    waiting = Member.objects.get()
    assert (waiting.role, waiting.has_usable_password()) == ("owner", False)
    assert queries.first_owner() is None


def test_the_first_account_takes_the_place_of_the_owner_who_waits(at: datetime) -> None:
    actions.begin_unasked(by=COMMAND, at=at)
    waiting = Member.objects.get()
    token = actions.make_first_account_link(by=COMMAND, at=at)

    owner = actions.make_first_account(token, NORA, BAKERY, at=at)

    assert owner.pk == waiting.pk
    assert Member.objects.get() == queries.first_owner()
    assert Business.objects.get().name == BAKERY.name


def test_make_first_account_refuses_a_token_used_before(at: datetime) -> None:
    token = actions.make_first_account_link(by=COMMAND, at=at)
    actions.make_first_account(token, NORA, BAKERY, at=at)

    with pytest.raises(LinkNotOpen):
        actions.make_first_account(token, NewMember("Eve", "eve@x.example"), BAKERY, at=at)

    assert list(Member.objects.values_list("name", flat=True)) == ["Nora Lindqvist"]


def test_make_first_account_refuses_an_open_token_once_an_owner_exists(at: datetime) -> None:
    """RELIABILITY O2: the first-run page closes for good."""
    token = actions.make_first_account_link(by=COMMAND, at=at)
    make_member("owner")

    with pytest.raises(LinkNotOpen):
        actions.make_first_account(token, NewMember("Eve", "eve@x.example"), BAKERY, at=at)

    assert not Member.objects.filter(name="Eve").exists()


@pytest.mark.parametrize(("hours", "opens"), [(23, True), (24, False)])
def test_a_sign_in_link_lives_a_day(at: datetime, hours: int, opens: bool) -> None:
    token = actions.make_sign_in_link(make_member("owner"), by=COMMAND, at=at)
    later = at + timedelta(hours=hours)

    if opens:
        assert actions.redeem_sign_in_link(token, at=later).role == "owner"
    else:
        with pytest.raises(LinkNotOpen):
            actions.redeem_sign_in_link(token, at=later)


def test_a_sign_in_link_works_once(at: datetime) -> None:
    token = actions.make_sign_in_link(make_member("owner"), by=COMMAND, at=at)
    actions.redeem_sign_in_link(token, at=at)

    with pytest.raises(LinkNotOpen):
        actions.redeem_sign_in_link(token, at=at)


def test_a_link_of_one_kind_opens_no_other_door(at: datetime) -> None:
    nora = make_member("owner")
    invitation = actions.invite("eve@x.example", "owner", by=nora.actor, at=at)

    with pytest.raises(LinkNotOpen):
        actions.redeem_sign_in_link(invitation, at=at)
    with pytest.raises(LinkNotOpen):
        actions.make_first_account(invitation, NORA, BAKERY, at=at)


def test_make_sign_in_link_refuses_someone_who_left(at: datetime) -> None:
    left = make_member("helper", is_active=False)

    with pytest.raises(LinkNotOpen, match="no longer signs in"):
        actions.make_sign_in_link(left, by=COMMAND, at=at)


# People


def test_invitation_is_accepted_once(at: datetime) -> None:
    nora = make_member("owner")
    token = actions.invite(" Tomasz@X.example ", "manager", by=nora.actor, at=at)

    joined = actions.accept_invitation(token, name="Tomasz", password="a" * 15, at=at)

    assert (joined.email, joined.role) == ("tomasz@x.example", "manager")
    assert minutes_on(joined.pk, MONDAY) == 60
    assert Event.objects.get(kind="team.MemberJoined").payload == {"member_id": joined.pk}
    with pytest.raises(LinkNotOpen):
        actions.accept_invitation(token, name="Eve", password="a" * 15, at=at)


def test_invite_refuses_an_address_on_the_team(at: datetime) -> None:
    nora = make_member("owner", email="nora@x.example")

    with pytest.raises(AlreadyOnTheTeam, match=r"nora@x\.example"):
        actions.invite("Nora@X.example", "helper", by=nora.actor, at=at)

    assert not OneTimeLink.objects.exists()


def test_withdraw_invitation_closes_its_link_only(at: datetime) -> None:
    nora = make_member("owner")
    withdrawn = actions.invite("a@x.example", "helper", by=nora.actor, at=at)
    kept = actions.invite("b@x.example", "helper", by=nora.actor, at=at)
    link = OneTimeLink.objects.get(email="a@x.example", kind=LinkKind.JOIN)

    actions.withdraw_invitation(link, by=nora.actor, at=at)

    with pytest.raises(LinkNotOpen):
        actions.accept_invitation(withdrawn, name="A", password="a" * 15, at=at)
    assert actions.accept_invitation(kept, name="B", password="a" * 15, at=at).name == "B"


def test_an_invitation_runs_out_after_seven_days(at: datetime) -> None:
    nora = make_member("owner")
    token = actions.invite("a@x.example", "helper", by=nora.actor, at=at)

    with pytest.raises(LinkNotOpen):
        actions.accept_invitation(token, name="A", password="a" * 15, at=at + timedelta(days=7))


def test_set_working_minutes_replaces_the_week(at: datetime) -> None:
    nora = make_member("owner")

    actions.set_working_minutes(nora, {0: 30, 6: 15, 1: 0}, by=nora.actor, at=at)

    minutes = [minutes_on(nora.pk, MONDAY + timedelta(days=n)) for n in range(7)]
    assert minutes == [30, 0, 0, 0, 0, 0, 15]
    assert Event.objects.get().payload == {"member_id": nora.pk}


def test_change_role_is_audited(at: datetime) -> None:
    nora, priya = make_member("owner"), make_member("helper")

    actions.change_role(priya, "manager", by=nora.actor, at=at)

    assert Member.objects.get(pk=priya.pk).role == "manager"
    assert AuditEntry.objects.get(verb="changed role").detail == {"was": "helper", "now": "manager"}


def test_change_role_refuses_to_leave_no_owner(at: datetime) -> None:
    nora = make_member("owner")
    make_member("owner", name="Gone", is_active=False)

    with pytest.raises(LastOwner, match="Nora Lindqvist is the only owner"):
        actions.change_role(nora, "manager", by=nora.actor, at=at)

    assert Member.objects.get(pk=nora.pk).role == "owner"


def test_change_role_refuses_a_viewer_who_looks_after_customers(
    at: datetime, counted: dict[int, int]
) -> None:
    nora, priya = make_member("owner"), make_member("helper")
    counted[priya.pk] = 3

    with pytest.raises(StillLooksAfterCustomers, match="Priya Raman still looks after 3 customers"):
        actions.change_role(priya, "viewer", by=nora.actor, at=at)


def test_deactivate_member_ends_sessions_and_links(at: datetime) -> None:
    nora, priya = make_member("owner"), make_member("helper")
    seal = priya.get_session_auth_hash()
    token = actions.make_sign_in_link(priya, by=nora.actor, at=at)

    actions.deactivate_member(priya, by=nora.actor, at=at)

    left = Member.objects.get(pk=priya.pk)
    assert (left.is_active, left.get_session_auth_hash() == seal) == (False, False)
    assert Event.objects.get(kind="team.MemberLeft").payload == {"member_id": priya.pk}
    with pytest.raises(LinkNotOpen):
        actions.redeem_sign_in_link(token, at=at)


def test_deactivate_member_refuses_while_customers_are_theirs(
    at: datetime, counted: dict[int, int]
) -> None:
    nora, priya = make_member("owner"), make_member("helper")
    counted[priya.pk] = 1

    with pytest.raises(StillLooksAfterCustomers, match=r"still looks after 1 customer\."):
        actions.deactivate_member(priya, by=nora.actor, at=at)

    assert Member.objects.get(pk=priya.pk).is_active


def test_deactivate_member_refuses_the_last_owner(at: datetime) -> None:
    nora = make_member("owner")

    with pytest.raises(LastOwner):
        actions.deactivate_member(nora, by=nora.actor, at=at)

    assert Member.objects.get(pk=nora.pk).is_active


def test_let_back_in_does_not_revive_old_sessions(at: datetime) -> None:
    """RELIABILITY A5."""
    nora, priya = make_member("owner"), make_member("helper")
    seal = priya.get_session_auth_hash()
    actions.deactivate_member(priya, by=nora.actor, at=at)

    actions.let_back_in(priya, by=nora.actor, at=at)

    back = Member.objects.get(pk=priya.pk)
    assert (back.is_active, back.get_session_auth_hash() == seal) == (True, False)
