import re
from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.team import actions
from regulars.team.models import Member, OneTimeLink
from regulars.team.queries import minutes_of, minutes_on
from tests.factories.team import make_member

pytestmark = pytest.mark.django_db

ClientOf = Callable[[Member], Client]
MONDAY, SUNDAY = date(2026, 11, 23), date(2026, 11, 29)


def minutes(member: Member, *week: int) -> dict[str, str]:
    return {f"m{member.pk}-day{n}": str(count) for n, count in enumerate(week)}


def link_on(page: str) -> str:
    found = re.search(r'id="link" value="http://testserver([^"]+)"', page)
    assert found is not None
    return found.group(1)


def test_an_owner_invites_by_a_link_shown_once(client_of: ClientOf, owner: Member) -> None:
    here = client_of(owner)

    answer = here.post("/team/people/invite", {"email": "t@x.example", "role": "manager"})

    joining = Client()
    path = link_on(answer.content.decode())
    joining.post(path, {"name": "Tomasz Wilk", "password": "fourteen loaves and one"})
    assert Member.objects.get(email="t@x.example").role == "manager"
    again = here.get("/team/people").content.decode()
    assert 'id="link"' not in again


def test_inviting_somebody_on_the_team_is_refused(
    client_of: ClientOf, owner: Member, helper: Member
) -> None:
    answer = client_of(owner).post(
        "/team/people/invite", {"email": helper.email, "role": "manager"}
    )

    assert answer.status_code == 422
    assert "already" in answer.content.decode()
    assert not OneTimeLink.objects.exists()


def test_an_invitation_is_listed_until_withdrawn(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    here = client_of(owner)
    token = actions.invite("t@x.example", "helper", by=owner.actor, at=at)
    link = OneTimeLink.objects.get()
    assert "t@x.example" in here.get("/team/people").content.decode()

    here.post(f"/team/people/invitations/{link.pk}/withdraw")

    assert OneTimeLink.objects.get().closed_at == at
    assert Client().get(f"/team/join/{token}").status_code == 410


def test_the_public_address_builds_links_where_it_is_known(
    client_of: ClientOf, owner: Member, settings: pytest.FixtureRequest
) -> None:
    """RELIABILITY A6, F53: not the address that the request claims."""
    settings.PUBLIC_URL = "https://regulars.juniper.example"  # type: ignore[attr-defined]

    answer = client_of(owner).post(f"/team/people/{owner.pk}/sign-in-link")

    assert 'value="https://regulars.juniper.example/team/sign-in/' in answer.content.decode()


def test_a_strange_host_is_refused(client_of: ClientOf, owner: Member) -> None:
    answer = client_of(owner).post(
        f"/team/people/{owner.pk}/sign-in-link", headers={"Host": "evil.example"}
    )

    assert answer.status_code == 400
    assert not OneTimeLink.objects.exists()


def test_an_owner_makes_a_sign_in_link_for_a_member(
    client_of: ClientOf, owner: Member, helper: Member
) -> None:
    answer = client_of(owner).post(f"/team/people/{helper.pk}/sign-in-link")

    there = Client()
    there.post(link_on(answer.content.decode()))
    assert there.session["_auth_user_id"] == str(helper.pk)


def test_minutes_are_set_for_each_weekday(
    client_of: ClientOf, owner: Member, helper: Member
) -> None:
    week = minutes(helper, 30, 0, 0, 0, 0, 0, 90)

    answer = client_of(owner).post(f"/team/people/{helper.pk}/minutes", week)

    assert answer.status_code == 302
    assert minutes_on(helper.pk, MONDAY) == 30
    assert minutes_of([helper.pk, owner.pk], SUNDAY) == {helper.pk: 90, owner.pk: 0}


def test_a_helper_sets_their_own_minutes_only(
    client_of: ClientOf, owner: Member, helper: Member
) -> None:
    here = client_of(helper)

    own = here.post(f"/team/people/{helper.pk}/minutes", minutes(helper, *[5] * 7))
    other = here.post(f"/team/people/{owner.pk}/minutes", minutes(owner, *[5] * 7))

    assert (own.status_code, other.status_code) == (302, 403)
    assert "Only an owner, or Nora Lindqvist" in other.content.decode()
    assert minutes_of([helper.pk, owner.pk], MONDAY) == {helper.pk: 5, owner.pk: 60}


@pytest.mark.parametrize("wrong", ["-1", "1441", "", "an hour"])
def test_minutes_that_no_day_has_are_refused(
    client_of: ClientOf, owner: Member, wrong: str
) -> None:
    week = minutes(owner, *[60] * 7) | {f"m{owner.pk}-day3": wrong}

    answer = client_of(owner).post(f"/team/people/{owner.pk}/minutes", week)

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert minutes_on(owner.pk, SUNDAY) == 0


def test_an_owner_gives_a_role(client_of: ClientOf, owner: Member, helper: Member) -> None:
    client_of(owner).post(f"/team/people/{helper.pk}/role", {"role": "manager"})

    assert Member.objects.get(pk=helper.pk).role == "manager"


def test_a_role_that_does_not_exist_is_refused(
    client_of: ClientOf, owner: Member, helper: Member
) -> None:
    answer = client_of(owner).post(f"/team/people/{helper.pk}/role", {"role": "king"})

    assert answer.status_code == 422
    assert Member.objects.get(pk=helper.pk).role == "helper"


def test_the_last_owner_stays(client_of: ClientOf, owner: Member) -> None:
    answer = client_of(owner).post(f"/team/people/{owner.pk}/leave")

    assert answer.status_code == 422
    assert "Nora Lindqvist is the only owner." in answer.content.decode()
    assert Member.objects.get(pk=owner.pk).is_active


def test_a_member_leaves_and_comes_back(client_of: ClientOf, owner: Member, helper: Member) -> None:
    here = client_of(owner)

    here.post(f"/team/people/{helper.pk}/leave")
    assert not Member.objects.get(pk=helper.pk).is_active
    here.post(f"/team/people/{helper.pk}/back")

    assert Member.objects.get(pk=helper.pk).is_active


@pytest.mark.parametrize("role", ["manager", "helper", "viewer"])
def test_others_see_the_team_and_change_nothing(
    client_of: ClientOf, owner: Member, role: str, request: pytest.FixtureRequest, at: datetime
) -> None:
    here = client_of(request.getfixturevalue(role))
    other = make_member("helper", name="Hedda")
    actions.invite("t@x.example", "helper", by=owner.actor, at=at)
    link = OneTimeLink.objects.get()
    page = here.get("/team/people").content.decode()
    paths = [f"/team/people/{other.pk}/{do}" for do in ("role", "leave", "back", "second-step")]
    paths += [f"/team/people/{other.pk}/sign-in-link", f"/team/people/{other.pk}/minutes"]
    paths += ["/team/people/invite", f"/team/people/invitations/{link.pk}/withdraw"]

    answers = [here.post(path, {"email": "e@x.example", "role": "owner"}) for path in paths]

    assert "Only an owner can change the team." in page
    assert "Nora Lindqvist" in page
    assert [answer.status_code for answer in answers] == [403] * len(paths)
    assert list(OneTimeLink.objects.values_list("closed_at", flat=True)) == [None]
    assert Member.objects.get(pk=other.pk).role == "helper"


def test_a_viewer_has_no_minutes_to_set(client_of: ClientOf, viewer: Member) -> None:
    answer = client_of(viewer).post(f"/team/people/{viewer.pk}/minutes", minutes(viewer, *[5] * 7))

    assert answer.status_code == 403


def test_the_page_is_one_number_of_queries_however_many_people(
    client_of: ClientOf, owner: Member
) -> None:
    here = client_of(owner)
    here.get("/team/people")
    counts = []
    for name in ("Anna", "Bea", "Carla"):
        make_member("helper", name=name)
        with CaptureQueriesContext(connection) as seen:
            assert name in here.get("/team/people").content.decode()
        counts.append(len(seen))

    assert counts[0] == counts[2]
