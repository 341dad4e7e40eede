"""Changing a customer from their page: a success, a refusal and a "not allowed" for each form."""

import json

import pytest

from regulars.consent.models import ConsentEvent, ConsentState
from regulars.core.models import AuditEntry
from regulars.customers.models import Customer
from regulars.insight.models import TierOverride
from regulars.team.models import Member
from tests.desk.test_customers import HTMX, SignIn
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db

FORMS: dict[str, dict[str, str]] = {
    "name": {"name": "Ruth Winslow", "kind": "person"},
    "about": {"about": "No nuts."},
    "reach": {"value": "ruth@calloway.example"},
    "manager": {"to": ""},
    "tier": {"tier": "core", "reason": "One of our first."},
    "permission": {"channel": "email", "decision": "withdrawn"},
    "archive": {},
    "restore": {},
}
REFUSED = {
    "name": {"name": " ", "kind": "person"},
    "reach": {"value": ""},
    "manager": {"to": "999"},
    "tier": {"tier": "core", "reason": ""},
    "permission": {"channel": "email", "decision": "granted", "wording": ""},
}


@pytest.fixture
def ruth(owner: Member) -> Customer:
    return make_customer("Ruth Calloway", manager=owner)


@pytest.mark.parametrize("form", FORMS)
def test_a_change_answers_with_a_word_and_wakes_the_page(
    owner: Member, client_of: SignIn, ruth: Customer, form: str
) -> None:
    answer = client_of(owner).post(f"/customers/{ruth.pk}/{form}", FORMS[form], headers=HTMX)

    assert answer.status_code == 204
    woken = json.loads(answer["HX-Trigger"])
    assert "customer-changed" in woken
    assert woken["toast"]["text"].startswith("Done: ")


@pytest.mark.parametrize("form", FORMS)
def test_without_scripts_a_change_leads_back_to_the_page(
    owner: Member, client_of: SignIn, ruth: Customer, form: str
) -> None:
    answer = client_of(owner).post(f"/customers/{ruth.pk}/{form}", FORMS[form], follow=True)

    assert answer.redirect_chain == [(f"/customers/{ruth.pk}/", 302)]
    assert b"Done: " in answer.content


@pytest.mark.parametrize("form", REFUSED)
def test_what_does_not_fit_is_refused_in_words(
    owner: Member, client_of: SignIn, ruth: Customer, form: str
) -> None:
    answer = client_of(owner).post(f"/customers/{ruth.pk}/{form}", REFUSED[form], headers=HTMX)

    assert answer.status_code == 422
    assert b'class="refusal"' in answer.content
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize("form", FORMS)
def test_a_viewer_changes_nothing(
    viewer: Member, client_of: SignIn, ruth: Customer, form: str
) -> None:
    answer = client_of(viewer).post(f"/customers/{ruth.pk}/{form}", FORMS[form], headers=HTMX)

    assert answer.status_code == 403
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize("form", FORMS)
def test_a_helper_changes_nobody_elses(
    helper: Member, client_of: SignIn, ruth: Customer, form: str
) -> None:
    answer = client_of(helper).post(f"/customers/{ruth.pk}/{form}", FORMS[form], headers=HTMX)

    assert answer.status_code == 404
    assert AuditEntry.objects.count() == 0


def test_a_helper_hands_over_not_even_their_own(
    helper: Member, client_of: SignIn, owner: Member
) -> None:
    theirs = make_customer("Thea Abernathy", manager=helper)

    answer = client_of(helper).post(
        f"/customers/{theirs.pk}/manager", {"to": owner.pk}, headers=HTMX
    )

    assert answer.status_code == 403
    theirs.refresh_from_db()
    assert theirs.manager_id == helper.pk


@pytest.mark.parametrize("form", FORMS)
def test_a_change_is_never_made_by_looking(
    owner: Member, client_of: SignIn, ruth: Customer, form: str
) -> None:
    assert client_of(owner).get(f"/customers/{ruth.pk}/{form}").status_code == 405


def test_changes_are_what_they_say(owner: Member, client_of: SignIn, ruth: Customer) -> None:
    client = client_of(owner)
    for form in ("name", "about", "reach", "manager", "tier", "permission", "archive"):
        client.post(f"/customers/{ruth.pk}/{form}", FORMS[form], headers=HTMX)

    ruth.refresh_from_db()
    assert (ruth.name, ruth.about, ruth.manager_id) == ("Ruth Winslow", "No nuts.", None)
    assert ruth.archived_at is not None
    assert ruth.contact_points.get().normal == "ruth@calloway.example"
    assert TierOverride.objects.get().reason == "One of our first."
    assert ConsentState.objects.get().decision == "withdrawn"


def test_archive_is_undone_by_its_toast(owner: Member, client_of: SignIn, ruth: Customer) -> None:
    client = client_of(owner)
    answer = client.post(f"/customers/{ruth.pk}/archive", headers=HTMX)

    client.post(json.loads(answer["HX-Trigger"])["toast"]["undo"], headers=HTMX)

    ruth.refresh_from_db()
    assert ruth.archived_at is None


def test_a_yes_is_kept_with_its_words(owner: Member, client_of: SignIn, ruth: Customer) -> None:
    given = {"channel": "email", "decision": "granted", "wording": "At the counter: please do."}

    client_of(owner).post(f"/customers/{ruth.pk}/permission", given, headers=HTMX)

    event = ConsentEvent.objects.get()
    assert (event.decision, event.wording, event.recorded_by) == (
        "granted", "At the counter: please do.", owner,
    )  # fmt: skip


def test_a_contact_point_is_corrected_and_removed(owner: Member, client_of: SignIn) -> None:
    customer = make_customer(email="ruth@calloway")
    point = customer.contact_points.get()
    url = f"/customers/{customer.pk}/reach/{point.pk}"
    client = client_of(owner)

    client.post(url, {"value": "ruth@calloway.example"}, headers=HTMX)
    point.refresh_from_db()
    assert (point.value, point.state) == ("ruth@calloway.example", "usable")

    client.post(url, {"value": "ruth@calloway.example", "remove": "1"}, headers=HTMX)
    assert customer.contact_points.count() == 0
    assert client.post(url, {"value": "x@y.example"}, headers=HTMX).status_code == 404
