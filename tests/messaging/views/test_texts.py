"""Screens of texts: the list, the editor, the preview."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from regulars.core.actor import COMMAND
from regulars.messaging.actions.texts import add_template, bring_starters, use_text
from regulars.messaging.linting import Written
from regulars.messaging.models import Template
from regulars.team.models import Member
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db

ClientOf = Callable[[Member], Client]
TYPED = {
    "name": "Thanks", "purpose": "thank", "subject": "Thank you, {{ first_name }}",
    "preheader": "Only thanks", "body": "{{ greeting }}\r\n\r\nThank you.", "layout": "",
}  # fmt: skip


@pytest.fixture
def thanks(at: datetime) -> Template:
    written = Written(
        "Thank you, {{ first_name }}", "Only thanks", "{{ greeting }}\n\n<b>Thank you</b>.", "thank"
    )
    return add_template("Thanks", written, by=COMMAND, at=at)


def test_an_empty_list_offers_the_texts_that_come_along(
    client_of: ClientOf, manager: Member
) -> None:
    here = client_of(manager)

    empty = here.get(reverse("messaging:templates")).content.decode()
    answer = here.post(reverse("messaging:bring_starters"), follow=True)

    assert "Bring in the texts that come with Regulars" in empty
    assert "Done: 10 texts are here." in answer.content.decode()
    assert Template.objects.count() == 10


def test_the_list_asks_as_often_for_three_as_for_one(
    client_of: ClientOf, owner: Member, thanks: Template, at: datetime
) -> None:
    here = client_of(owner)
    here.get(reverse("messaging:templates"))

    with CaptureQueriesContext(connection) as one:
        here.get(reverse("messaging:templates"))
    for name in ("A", "B"):
        add_template(name, Written("S", "", "B", "serve"), by=COMMAND, at=at)
    with CaptureQueriesContext(connection) as three:
        answer = here.get(reverse("messaging:templates"))

    assert len(one) == len(three)
    assert answer.content.decode().count('class="entry row') == 3


def test_a_text_is_written_and_kept(client_of: ClientOf, manager: Member) -> None:
    answer = client_of(manager).post(reverse("messaging:new_template"), TYPED)

    template = Template.objects.get()
    assert answer["Location"] == reverse("messaging:template", args=[template.pk])
    assert (template.name, template.purpose) == ("Thanks", "thank")
    assert template.body == "{{ greeting }}\n\nThank you."


def test_a_text_is_changed(client_of: ClientOf, owner: Member, thanks: Template) -> None:
    path = reverse("messaging:template", args=[thanks.pk])

    client_of(owner).post(path, {**TYPED, "body": "New."})

    thanks.refresh_from_db()
    assert thanks.body == "New."


def test_what_cannot_be_read_comes_back_with_its_sentence(
    client_of: ClientOf, owner: Member, thanks: Template
) -> None:
    path = reverse("messaging:template", args=[thanks.pk])

    answer = client_of(owner).post(path, {**TYPED, "body": "Hi {{ fist_name }}"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "there is no field “fist_name”" in page
    assert "Hi {{ fist_name }}" in page
    thanks.refresh_from_db()
    assert "Thank you" in thanks.body


def test_only_an_owner_changes_the_sheet(
    client_of: ClientOf, manager: Member, thanks: Template
) -> None:
    path = reverse("messaging:template", args=[thanks.pk])

    client_of(manager).post(path, {**TYPED, "layout": "<mjml>{{ content }}</mjml>"})

    thanks.refresh_from_db()
    assert thanks.layout == ""


def test_a_broken_sheet_is_refused_with_its_line(client_of: ClientOf, owner: Member) -> None:
    broken = {**TYPED, "layout": "<mjml>\n<mj-body>{{ content }}\n</mjml>"}

    answer = client_of(owner).post(reverse("messaging:new_template"), broken)

    assert answer.status_code == 422
    assert "Line 3 of the layout: “&lt;/mjml&gt;” does not close what is open." in (
        answer.content.decode()
    )


def test_it_is_looked_over_while_it_is_written(client_of: ClientOf, owner: Member) -> None:
    typed = {**TYPED, "body": "{{ greeting }} 20% off bread"}

    answer = client_of(owner).post(reverse("messaging:check_text"), typed)

    assert "It is meant to “Thank”, and it sells: “20% off”." in answer.content.decode()
    assert not Template.objects.exists()


@pytest.mark.parametrize("role", ["helper", "viewer"])
def test_who_writes_no_texts_reads_them(
    client_of: ClientOf, request: pytest.FixtureRequest, thanks: Template, role: str
) -> None:
    here = client_of(request.getfixturevalue(role))

    shown = here.get(reverse("messaging:template", args=[thanks.pk]))
    refused = [
        here.post(reverse(f"messaging:{name}", args=[thanks.pk]), TYPED).status_code
        for name in ("template", "restore_template", "put_away_template", "send_test")
    ]

    assert "&lt;b&gt;Thank you&lt;/b&gt;" in shown.content.decode()
    assert b"<textarea" not in shown.content
    assert refused == [403] * 4
    assert here.get(reverse("messaging:new_template")).status_code == 403
    assert here.get(reverse("messaging:preview", args=[thanks.pk])).status_code == 200


def test_put_away_and_back(client_of: ClientOf, owner: Member, thanks: Template) -> None:
    path = reverse("messaging:put_away_template", args=[thanks.pk])
    here = client_of(owner)

    away = here.post(path, follow=True).content.decode()
    back = here.post(path, follow=True).content.decode()

    assert "Put away: “Thanks”." in away
    assert "Back on the list: “Thanks”." in back


def test_restore_gives_a_starter_back(client_of: ClientOf, owner: Member, at: datetime) -> None:
    bring_starters(by=COMMAND, at=at)
    template = Template.objects.get(source="starter:check-in")
    Template.objects.filter(pk=template.pk).update(body="Ours.")

    client_of(owner).post(reverse("messaging:restore_template", args=[template.pk]))

    assert Template.objects.get(pk=template.pk).body == template.body


def test_restore_refuses_ones_own(client_of: ClientOf, owner: Member, thanks: Template) -> None:
    answer = client_of(owner).post(reverse("messaging:restore_template", args=[thanks.pk]))

    assert answer.status_code == 422
    assert "“Thanks” is your own" in answer.content.decode()


def test_the_preview_is_for_a_real_customer(
    client_of: ClientOf, owner: Member, thanks: Template
) -> None:
    ruth = make_customer("Ruth <i>Calloway")
    path = reverse("messaging:preview", args=[thanks.pk])

    page = client_of(owner).get(f"{path}?customer={ruth.pk}&look=text").content.decode()

    assert "As Ruth &lt;i&gt;Calloway would read it" in page
    assert "<b>Thank you, Ruth</b>" in page
    assert "Dear Ruth &lt;i&gt;Calloway," in page


def test_the_preview_finds_somebody_else(
    client_of: ClientOf, owner: Member, thanks: Template
) -> None:
    make_customer("Ruth Calloway")
    tom = make_customer("Tom Weir")
    path = reverse("messaging:preview", args=[thanks.pk])

    part = client_of(owner).get(f"{path}?q=weir", headers={"HX-Request": "true"}).content.decode()

    assert f"customer={tom.pk}" in part
    assert "Calloway" not in part
    assert "<html" not in part


def test_the_preview_says_who_would_not_get_it(
    client_of: ClientOf, owner: Member, thanks: Template
) -> None:
    school = make_customer("Weir School", kind="organisation")
    path = reverse("messaging:preview", args=[thanks.pk])

    page = client_of(owner).get(f"{path}?customer={school.pk}").content.decode()

    assert "Weir School would not get it" in page


def test_a_helper_previews_only_as_those_they_look_after(
    client_of: ClientOf, helper: Member, thanks: Template
) -> None:
    make_customer("Ruth Calloway")
    mine = make_customer("Tom Weir", manager=helper)
    here, ruth = client_of(helper), make_customer("Eva Calloway")
    path = reverse("messaging:preview", args=[thanks.pk])

    assert f"As {mine.name} would read it" in here.get(path).content.decode()
    assert here.get(f"{path}?customer={ruth.pk}").status_code == 404
    sheet = reverse("messaging:sheet", args=[thanks.pk])
    assert here.get(f"{sheet}?customer={ruth.pk}").status_code == 404
    assert b"Calloway" not in here.get(f"{path}?q=calloway").content.split(b'id="found"')[-1]


def test_the_page_of_a_text_can_do_and_load_nothing(
    client_of: ClientOf, owner: Member, thanks: Template
) -> None:
    """RELIABILITY I3."""
    ruth = make_customer("Ruth Calloway")
    path = reverse("messaging:sheet", args=[thanks.pk])

    answer = client_of(owner).get(f"{path}?customer={ruth.pk}")

    rules = dict(
        one.strip().partition(" ")[::2] for one in answer["Content-Security-Policy"].split(";")
    )
    assert rules == {
        "default-src": "'none'", "style-src": "'unsafe-inline'", "img-src": "data:",
        "script-src": "'none'", "object-src": "'none'", "base-uri": "'none'",
        "frame-ancestors": "'self'", "form-action": "'none'", "sandbox": "",
    }  # fmt: skip
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    page = answer.content.decode()
    assert "Dear Ruth Calloway," in page
    assert "&lt;b&gt;Thank you&lt;/b&gt;" in page
    assert "googleapis" not in page
    assert "prefers-color-scheme" not in page


def test_the_page_in_the_dark_is_another(
    client_of: ClientOf, owner: Member, thanks: Template
) -> None:
    path = reverse("messaging:sheet", args=[thanks.pk])
    here = client_of(owner)

    assert "@media not all {" in here.get(path).content.decode()
    assert "@media all {" in here.get(f"{path}?look=dark").content.decode()


def test_a_preview_asks_as_often_with_more_customers(
    client_of: ClientOf, owner: Member, thanks: Template
) -> None:
    make_customer("Ruth Calloway")
    here, path = client_of(owner), reverse("messaging:preview", args=[thanks.pk])
    here.get(f"{path}?q=c")

    with CaptureQueriesContext(connection) as one:
        here.get(f"{path}?q=c")
    make_customer("Tom Calloway")
    make_customer("Eva Calloway")
    with CaptureQueriesContext(connection) as three:
        here.get(f"{path}?q=c")

    assert len(one) == len(three)


def test_a_test_goes_to_oneself(client_of: ClientOf, owner: Member, thanks: Template) -> None:
    ruth = make_customer("Ruth Calloway", email="ruth@x.example")
    path = reverse("messaging:send_test", args=[thanks.pk])

    answer = client_of(owner).post(path, {"customer": ruth.pk}, follow=True)

    assert "On its way to nora@juniper.example." in answer.content.decode()


def test_the_editor_says_what_was_sent(
    client_of: ClientOf, owner: Member, thanks: Template, at: datetime
) -> None:
    use_text(thanks, by=COMMAND, at=at)

    page = client_of(owner).get(reverse("messaging:template", args=[thanks.pk])).content.decode()

    assert "Version 1, today: “Thank you, {{ first_name }}”" in page
