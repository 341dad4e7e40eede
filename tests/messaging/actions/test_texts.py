"""Writing texts, and freezing what is sent of them."""

from datetime import datetime, timedelta

import pytest

from regulars.core.actor import COMMAND
from regulars.core.errors import NotAllowed, Refusal
from regulars.core.models import AuditEntry
from regulars.messaging.actions.texts import (
    add_template,
    bring_starters,
    keep_text,
    put_away,
    restore_starter,
    send_text_test,
    take_out_again,
    use_text,
    use_words,
)
from regulars.messaging.errors import TextRefused
from regulars.messaging.linting import Written
from regulars.messaging.models import Template, TemplateVersion
from regulars.messaging.starters import starters
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.team import make_member

pytestmark = pytest.mark.django_db

HELLO = Written("Hello", "", "{{ greeting }}\n\nThank you.", "thank")


def template_of(written: Written = HELLO, *, at: datetime) -> Template:
    return add_template("Thanks", written, by=COMMAND, at=at)


def test_bring_starters_brings_them_once(at: datetime) -> None:
    assert bring_starters(by=COMMAND, at=at) == 10
    kept = Template.objects.get(source="starter:thank-you")
    kept.body = "Ours."
    kept.save()

    assert bring_starters(by=COMMAND, at=at) == 0
    assert Template.objects.count() == 10
    assert Template.objects.get(source="starter:thank-you").body == "Ours."
    assert AuditEntry.objects.filter(verb="brought starters").count() == 1


def test_bring_starters_leaves_put_away_ones_away(at: datetime) -> None:
    bring_starters(by=COMMAND, at=at)
    put_away(Template.objects.get(source="starter:apology"), by=COMMAND, at=at)

    assert bring_starters(by=COMMAND, at=at) == 0


@pytest.mark.parametrize("starter", starters(), ids=lambda one: one.key)
def test_every_starter_can_be_sent(starter: object, at: datetime) -> None:
    bring_starters(by=COMMAND, at=at)
    template = Template.objects.get(source=starter.source)  # type: ignore[attr-defined]

    version = use_text(template, by=COMMAND, at=at)

    assert version.purpose == template.purpose != "sell"
    assert version.fields


def test_restore_starter_gives_the_first_words_back(at: datetime) -> None:
    bring_starters(by=COMMAND, at=at)
    template = Template.objects.get(source="starter:thank-you")
    first = template.body
    keep_text(template, "Ours", Written("Hi", "", "Ours.", "sell"), by=COMMAND, at=at)

    restore_starter(template, by=COMMAND, at=at)

    template.refresh_from_db()
    assert (template.name, template.body, template.purpose) == ("Thank you", first, "thank")


def test_restore_starter_refuses_ones_own(at: datetime) -> None:
    with pytest.raises(Refusal, match="is your own"):
        restore_starter(template_of(at=at), by=COMMAND, at=at)


def test_add_template_refuses_what_cannot_be_read(at: datetime) -> None:
    with pytest.raises(TextRefused, match="no field “fist_name”"):
        template_of(Written("Hi", "", "{{ fist_name }}", "serve"), at=at)

    assert not Template.objects.exists()


def test_keep_text_changes_it_and_says_what(at: datetime) -> None:
    template = template_of(at=at)

    keep_text(template, "Thanks", Written("Hi", "", HELLO.body, "thank"), by=COMMAND, at=at)

    assert Template.objects.get().subject == "Hi"
    assert AuditEntry.objects.get(verb="changed").detail == {"changed": ["subject"]}


def test_keep_text_refuses_and_leaves_it(at: datetime) -> None:
    template = template_of(at=at)

    with pytest.raises(TextRefused):
        keep_text(template, "X", Written("Hi", "", "{% if %}", "serve"), by=COMMAND, at=at)

    assert Template.objects.get().body == HELLO.body


def test_put_away_and_take_out_again(at: datetime) -> None:
    template = template_of(at=at)

    put_away(template, by=COMMAND, at=at)
    assert Template.objects.get().archived_at == at
    take_out_again(template, by=COMMAND, at=at)

    assert Template.objects.get().archived_at is None


def test_freeze_version_makes_one_of_the_same_words(at: datetime, owner: Member) -> None:
    template = template_of(at=at)

    one = use_text(template, by=owner.actor, at=at)
    again = use_text(template, by=COMMAND, at=at + timedelta(days=1))

    assert one == again
    assert (one.number, one.frozen_at, one.created_by) == (1, at, owner)
    assert one.fields == ["acquainted", "first_name", "full_name"]


def test_freeze_version_keeps_what_was_sent_when_the_text_changes(at: datetime) -> None:
    template = template_of(at=at)
    one = use_text(template, by=COMMAND, at=at)
    before = TemplateVersion.objects.values().get()

    keep_text(template, "Thanks", Written("Hi", "", "New.", "sell"), by=COMMAND, at=at)
    two = use_text(template, by=COMMAND, at=at)

    assert TemplateVersion.objects.values().get(pk=one.pk) == before
    assert (two.number, two.subject, two.purpose) == (2, "Hi", "sell")


def test_freeze_version_refuses_a_text_without_a_subject(at: datetime) -> None:
    template = template_of(Written("", "", "Hello", "serve"), at=at)

    with pytest.raises(TextRefused, match="without a subject"):
        use_text(template, by=COMMAND, at=at)


def test_use_text_takes_another_purpose_as_another_version(at: datetime) -> None:
    template = template_of(at=at)

    one = use_text(template, purpose="thank", by=COMMAND, at=at)
    two = use_text(template, purpose="ask", by=COMMAND, at=at)

    assert (one.number, two.number) == (1, 2)
    assert one.sha256 == two.sha256


def test_use_words_belongs_to_no_text(at: datetime) -> None:
    version = use_words(subject="Hi", body="For you.", purpose="serve", by=COMMAND, at=at)

    assert (version.template, version.number, version.subject) == (None, 1, "Hi")


def test_use_words_refuses_what_cannot_be_read(at: datetime) -> None:
    with pytest.raises(TextRefused, match="has 60000 letters"):
        use_words(subject="Hi", body="x" * 60_000, purpose="serve", by=COMMAND, at=at)


def test_send_text_test_goes_to_oneself_alone(
    at: datetime, owner: Member, settings: object
) -> None:
    ruth = make_customer("Ruth Calloway", email="ruth@x.example")

    send_text_test(template_of(at=at), ruth, owner, by=owner.actor, at=at)

    home = settings.HOME  # type: ignore[attr-defined]
    [letter] = list(home.rglob("*.eml"))
    raw = letter.read_bytes()
    assert b'To: "Nora Lindqvist" <nora@juniper.example>\r\n' in raw
    assert b"ruth@x.example" not in raw


def test_send_text_test_refuses_a_copied_instance(
    at: datetime, owner: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("regulars.core.instance.why_held", lambda: "copied")

    with pytest.raises(Refusal, match="did not leave"):
        send_text_test(template_of(at=at), None, owner, by=owner.actor, at=at)


@pytest.mark.parametrize("role", ["helper", "viewer"])
def test_texts_for_all_are_written_by_owner_and_managers_alone(
    role: str, owner: Member, at: datetime
) -> None:
    by = make_member(role).actor
    template = template_of(at=at)
    for change in (
        lambda: bring_starters(by=by, at=at),
        lambda: add_template("Mine", HELLO, by=by, at=at),
        lambda: keep_text(template, "Mine", HELLO, by=by, at=at),
        lambda: restore_starter(template, by=by, at=at),
        lambda: put_away(template, by=by, at=at),
        lambda: take_out_again(template, by=by, at=at),
        lambda: send_text_test(template, None, owner, by=by, at=at),
    ):
        with pytest.raises(NotAllowed):
            change()

    assert list(Template.objects.values_list("name", "archived_at")) == [("Thanks", None)]
    assert not TemplateVersion.objects.exists()


def test_a_helper_words_one_message_and_a_viewer_none(
    helper: Member, viewer: Member, at: datetime
) -> None:
    template = template_of(at=at)
    words = {"subject": "Hi", "body": "For you.", "purpose": "serve"}

    use_text(template, by=helper.actor, at=at)
    use_words(**words, by=helper.actor, at=at)
    with pytest.raises(NotAllowed):
        use_text(template, by=viewer.actor, at=at)
    with pytest.raises(NotAllowed):
        use_words(**words, by=viewer.actor, at=at)

    assert TemplateVersion.objects.count() == 2
