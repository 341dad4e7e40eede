from datetime import timedelta

import pytest

from regulars.core.actor import SYSTEM
from regulars.core.models import Event
from regulars.customers.actions.points import (
    add_contact_point,
    change_contact_point,
    label_point,
    note_bounces,
    set_point_state,
    verify_point,
)
from regulars.customers.choices import PointKind, PointState
from regulars.customers.models import ContactPoint
from tests.factories.customers import A_DAY, make_customer, make_point

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]

LATER = A_DAY + timedelta(days=1)


def states() -> dict[str, str]:
    return dict(ContactPoint.objects.values_list("value", "state"))


def test_a_point_that_bounced_is_kept_and_verifying_it_clears_it_up() -> None:
    point = make_point(make_customer(), PointKind.EMAIL, "ruth@example.com", verified_at=A_DAY)

    set_point_state(point, PointState.BOUNCED, by=SYSTEM, at=A_DAY)
    assert ContactPoint.objects.values_list("state", "state_at", "verified_at").get() == (
        "bounced", A_DAY, None,
    )  # fmt: skip
    verify_point(point, by=SYSTEM, at=LATER)

    assert ContactPoint.objects.values_list("state", "state_at", "verified_at").get() == (
        "usable", LATER, LATER,
    )  # fmt: skip


def test_a_corrected_point_is_judged_anew() -> None:
    point = make_point(
        make_customer(), PointKind.EMAIL, "ruth@example.con", state="bounced", verified_at=A_DAY
    )

    change_contact_point(point, "ruth@example.com", by=SYSTEM, at=LATER)

    assert ContactPoint.objects.values_list("state", "state_at", "verified_at").get() == (
        "usable", LATER, None,
    )  # fmt: skip


def test_one_point_of_a_kind_is_the_one_that_we_use() -> None:
    ruth = make_customer(phone="020 7946 0018")
    home = add_contact_point(ruth, PointKind.PHONE, "020 7946 0019", by=SYSTEM, at=A_DAY)
    make_point(ruth, PointKind.EMAIL, "ruth@example.com")

    label_point(home, " Home ", is_primary=True, by=SYSTEM, at=A_DAY)

    assert list(ruth.contact_points.order_by("id").values_list("label", "is_primary")) == [
        ("", False), ("Home", True), ("", True),
    ]  # fmt: skip


def test_mail_that_came_back_marks_the_address_wherever_it_stands() -> None:
    ruth, george = make_customer(), make_customer("George")
    shared = make_point(ruth, PointKind.EMAIL, "home@example.com")
    make_point(george, PointKind.EMAIL, "home@example.com", state=PointState.DOUBTFUL)
    make_point(george, PointKind.EMAIL, "george@example.com")
    make_point(george, PointKind.EMAIL, "old@example.com", state=PointState.STALE)

    count = note_bounces([shared.seal], by=SYSTEM, at=LATER)

    assert count == 2
    assert states() == {
        "home@example.com": "bounced", "george@example.com": "usable", "old@example.com": "stale",
    }  # fmt: skip
    assert list(Event.objects.order_by("id").values_list("kind", "payload")) == [
        ("customers.CustomerChanged", {"customer_id": one.pk}) for one in (ruth, george)
    ]
    assert note_bounces([shared.seal], by=SYSTEM, at=LATER) == 0
