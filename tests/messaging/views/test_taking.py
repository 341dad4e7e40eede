"""Taking a kept text on the two writing pages: what was typed is never thrown away unasked."""

from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client

from regulars.customers.models import Customer
from regulars.messaging.audiences import sealed
from regulars.messaging.forms.sending import BEGINNING
from regulars.messaging.models import Mailing, Message, Template
from regulars.team.models import Member
from tests.factories.customers import A_DAY, make_customer

pytestmark = pytest.mark.django_db

SignIn = Callable[[Member], Client]
Page = Callable[..., str]
OWN = {"subject": "Your loaf", "body": "It is put by."}
EMPTY = {"subject": "", "body": BEGINNING.replace("\n", "\r\n")}
ASKED = "You have written words of your own."


def kept(name: str) -> Template:
    return Template.objects.create(
        name=name, subject=f"{name}, {{{{ first_name }}}}", body=f"{{{{ greeting }}}}\n\n{name}.",
        purpose="thank", created_at=A_DAY, updated_at=A_DAY,
    )  # fmt: skip


@pytest.fixture
def ruth(manager: Member) -> Customer:
    return make_customer("Ruth Calloway", email="ruth@x.example", manager=manager)


@pytest.fixture(params=["one", "many"])
def take(
    request: pytest.FixtureRequest, manager: Member, client_of: SignIn, ruth: Customer
) -> Page:
    """Press “Take it” on one of the two pages."""
    here = client_of(manager)
    one = request.param == "one"
    path = f"/messages/to/{ruth.pk}/" if one else "/messages/mailings/new"
    whom = {} if one else {"who": sealed("customers-list", {"ids": [ruth.pk]}), "from": "77"}

    def pressed(said: dict[str, str], text: Template | None, **over: object) -> str:
        wanted = {"take": str(text.pk) if text else "", "taking": "1"}
        answer = here.post(
            path, {"purpose": "serve", "nonce": "a", **said, **wanted, **whom, **over}
        )
        assert answer.status_code == 200, answer.content
        page = unescape(answer.content.decode())
        for name, value in whom.items():
            assert f'name="{name}" value="{value}"' in page
        assert not Message.objects.exists()
        assert not Mailing.objects.exists()
        return page

    return pressed


def test_an_empty_sheet_takes_the_text(take: Page) -> None:
    text = kept("Thanks")

    for said in (EMPTY, {"subject": "", "body": ""}):
        page = take(said, text)

        assert ASKED not in page
        assert 'value="Thanks, {{ first_name }}"' in page
        assert "{{ greeting }}\n\nThanks." in page
        assert f'name="text" value="{text.pk}"' in page
        assert '<option value="thank" selected>' in page


def test_words_of_ones_own_stay_until_a_person_says_so(take: Page) -> None:
    text = kept("Thanks")

    for said in (OWN, {**EMPTY, "subject": "Your loaf"}, {**OWN, "subject": text.subject}):
        page = take(said, text)

        assert ASKED in page
        assert "Take the text instead?" in page
        assert f'value="{said["subject"]}"' in page
        assert said["body"].strip().replace("\r\n", "\n") in page.replace("\r\n", "\n")
        assert "Thanks.</textarea>" not in page
        assert 'name="text" value=""' in page
        assert f'<option value="{text.pk}" selected>' in page
        assert '<option value="serve" selected>' in page

    instead = take(OWN, text, taking="anyway")
    assert ASKED not in instead
    assert "{{ greeting }}\n\nThanks." in instead
    assert "It is put by." not in instead


def test_an_unchanged_text_gives_way_to_another_and_a_changed_one_asks(take: Page) -> None:
    first, second = kept("Thanks"), kept("Sorry")
    before = {"text": str(first.pk), "subject": first.subject, "body": first.body}
    changed = {**before, "body": f"{first.body} And more."}

    other = take({**before, "body": first.body.replace("\n", "\r\n")}, second)
    asked = take(changed, second)

    assert (ASKED in other, f'name="text" value="{second.pk}"' in other) == (False, True)
    assert "Sorry." in other
    assert (ASKED in asked, "Thanks. And more." in asked) == (True, True)
    assert f'name="text" value="{first.pk}"' in asked
    assert f'<option value="{second.pk}" selected>' in asked


def test_words_of_your_own_is_chosen_without_a_question(take: Page) -> None:
    text = kept("Thanks")
    before = {"text": str(text.pk), "subject": text.subject, "body": text.body}

    typed = take({**before, **OWN}, None)
    unchanged = take(before, None)

    assert (ASKED in typed, "It is put by." in typed) == (False, True)
    assert (ASKED in unchanged, "Thanks." in unchanged) == (False, False)
    for page in (typed, unchanged):
        assert 'name="text" value=""' in page
