from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from regulars.core.models import AuditEntry
from regulars.lists.models import HiddenField
from regulars.team.models import Member

pytestmark = pytest.mark.django_db
SignIn = Callable[[Member], Client]
PAGE = "/lists/hidden/"


def test_an_owner_hides_fields_and_shows_them_again(
    client_of: SignIn, owner: Member, at: datetime
) -> None:
    browser = client_of(owner)

    answer = browser.post(
        PAGE, {"helper:customer.email": "on", "viewer:order": "on", "nobody": "on"}, follow=True
    )

    kept = HiddenField.objects.order_by("role").values_list("role", "field", "hidden_by")
    assert list(kept) == [("helper", "customer.email", owner.pk), ("viewer", "order", owner.pk)]
    assert answer.text.count(" checked") == 2

    browser.post(PAGE, {})

    assert not HiddenField.objects.exists()
    assert AuditEntry.objects.filter(verb="hid fields").count() == 6


@pytest.mark.parametrize(
    ("name", "said"),
    [("helper:customer.name", "is seen by everybody"), ("helper:custom.none", "There is no field")],
)
def test_what_cannot_be_hidden_is_refused(
    name: str, said: str, client_of: SignIn, owner: Member
) -> None:
    answer = client_of(owner).post(PAGE, {name: "on"})

    assert (answer.status_code, said in answer.text) == (422, True)
    assert not HiddenField.objects.exists()


def test_only_an_owner_decides(client_of: SignIn, manager: Member) -> None:
    browser = client_of(manager)

    assert [browser.get(PAGE).status_code, browser.post(PAGE).status_code] == [403, 403]
