"""Writing texts, and making of them what is sent."""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from regulars.consent.choices import Purpose
from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed, Refusal
from regulars.customers.models import Customer
from regulars.messaging.choices import Result
from regulars.messaging.errors import TextRefused
from regulars.messaging.linting import Written, hidden_sale, offered_under
from regulars.messaging.models import Template, TemplateVersion
from regulars.messaging.queries import the_server
from regulars.messaging.rules import may_word, may_write
from regulars.messaging.staff_mail import send_to_staff
from regulars.messaging.starters import starter_of, starters
from regulars.messaging.texts import Compiled, compile_short, compile_version
from regulars.messaging.writing import WRITTEN, previewed
from regulars.team.models import Member


@transaction.atomic
def bring_starters(*, by: Actor, at: datetime) -> int:
    """Put the texts that Regulars brings among your own; those that are there stay as they are."""
    _check(by)
    there = set(
        Template.objects.filter(source__startswith="starter:").values_list("source", flat=True)
    )
    fresh = [
        Template(
            name=one.name, source=one.source, purpose=one.purpose, subject=one.subject,
            preheader=one.preheader, body=one.body, created_at=at, updated_at=at,
        )
        for one in starters()
        if one.source not in there
    ]  # fmt: skip
    if fresh:
        Template.objects.bulk_create(fresh)
        audit.record("brought starters", "messaging.template", by=by, at=at, count=len(fresh))
    return len(fresh)


@transaction.atomic
def bring_starter(source: str, *, by: Actor, at: datetime) -> Template:
    """One of the texts that Regulars brings, as somebody has changed it; brought where it lacks."""
    known = Template.objects.filter(source=source).order_by("pk").first()
    starter = starter_of(source)
    if known is not None or starter is None:
        return known or Template.objects.get(source=source)
    template = Template.objects.create(
        name=starter.name, source=source, purpose=starter.purpose, subject=starter.subject,
        preheader=starter.preheader, body=starter.body, created_at=at, updated_at=at,
    )  # fmt: skip
    audit.record("brought starters", "messaging.template", by=by, at=at, count=1)
    return template


@transaction.atomic
def add_template(name: str, written: Written, *, by: Actor, at: datetime) -> Template:
    """Write a text of your own that can be used again."""
    _check(by)
    compile_version(written.subject, written.preheader, written.body, written.layout)
    template = Template.objects.create(name=name, created_at=at, updated_at=at, **asdict(written))
    audit.record("added", template, by=by, at=at)
    return template


@transaction.atomic
def keep_text(
    template: Template, name: str, written: Written, *, by: Actor, at: datetime
) -> Template:
    """Change a text from now on. What was sent before stays as it was."""
    _check(by)
    compile_version(written.subject, written.preheader, written.body, written.layout)
    template = Template.objects.select_for_update().get(pk=template.pk)
    values = {"name": name, **asdict(written)}
    changed = [key for key, value in values.items() if getattr(template, key) != value]
    for key in changed:
        setattr(template, key, values[key])
    template.updated_at = at
    template.save(update_fields=[*changed, "updated_at"])
    audit.record("changed", template, by=by, at=at, changed=changed)
    return template


@transaction.atomic
def restore_starter(template: Template, *, by: Actor, at: datetime) -> Template:
    """Give a text that Regulars brought its first words back."""
    _check(by)
    starter = starter_of(template.source)
    if starter is None:
        raise Refusal(
            _("“%(name)s” is your own; there are no first words to go back to.")
            % {"name": template.name},
            _("Its earlier versions stand below the text."),
        )
    written = Written(starter.subject, starter.preheader, starter.body, starter.purpose)
    return keep_text(template, starter.name, written, by=by, at=at)


@transaction.atomic
def put_away(template: Template, *, by: Actor, at: datetime) -> Template:
    """Take a text off the list; what was sent with it stays readable."""
    _check(by)
    template.archived_at = at
    template.save(update_fields=["archived_at"])
    audit.record("put away", template, by=by, at=at)
    return template


@transaction.atomic
def take_out_again(template: Template, *, by: Actor, at: datetime) -> Template:
    """Put a text back on the list."""
    _check(by)
    template.archived_at = None
    template.save(update_fields=["archived_at"])
    audit.record("took out again", template, by=by, at=at)
    return template


@transaction.atomic
def use_text(template: Template, *, by: Actor, at: datetime, purpose: str = "") -> TemplateVersion:
    """Make of a text what is sent, for its own purpose or for this one.

    The same words give the same version, other words a new one. No action changes a version
    afterwards, and `texts.prepare` refuses one that was changed.
    """
    _check_words(by)
    # Two who send the same text in the same second get one version.
    template = Template.objects.select_for_update().get(pk=template.pk)
    purpose = purpose or template.purpose
    written = Written(template.subject, template.preheader, template.body, purpose, template.layout)
    made = _made(written)
    versions = TemplateVersion.objects.filter(template=template)
    known = versions.filter(sha256=made.sha256, purpose=purpose).first()
    if known is not None:
        return known
    last = versions.aggregate(last=Max("number"))["last"] or 0
    return _frozen(written, made, template=template, number=last + 1, by=by, at=at)


@transaction.atomic
def use_words(
    *, subject: str, body: str, purpose: str, by: Actor, at: datetime,
    preheader: str = "", layout: str = "",
) -> TemplateVersion:  # fmt: skip
    """Make of words written for once what is sent."""
    _check_words(by)
    written = Written(subject, preheader, body, purpose, layout)
    return _frozen(written, _made(written), template=None, number=1, by=by, at=at)


@transaction.atomic
def use_short_words(words: str, *, purpose: str, by: Actor, at: datetime) -> TemplateVersion:
    """Make of a few words what is sent as a text message."""
    _check_words(by)
    made = made_short(words, purpose=purpose)
    written = Written(made.subject, "", made.subject, purpose)
    return _frozen(written, made, template=None, number=1, by=by, at=at)


def made_short(words: str, *, purpose: str) -> Compiled:
    """The words of a text message made ready, or a Refusal that says what is wrong with them."""
    made = compile_short(words)
    if not made.subject:
        raise TextRefused(
            _("A text message without words does not leave."), _("Say in a few words why we write.")
        )
    written = Written(made.subject, "", made.subject, purpose)
    _refuse_offer(written)
    if sells := hidden_sale(written):
        raise TextRefused(sells, _("Take the offer out: what goes by itself serves."))
    return made


def _check(by: Actor) -> None:
    if not may_write(by):
        raise NotAllowed(
            _("Only the owner and managers write texts."), _("Ask one of them to change this one.")
        )


def _check_words(by: Actor) -> None:
    if not may_word(by):
        raise NotAllowed(_("You may look, and write to nobody. An owner can change that."))


def _made(written: Written) -> Compiled:
    made = compile_version(written.subject, written.preheader, written.body, written.layout)
    if not made.subject:
        raise TextRefused(
            _("A message without a subject does not leave."),
            _("Say in a few words what it is about."),
            what=_("subject"),
        )
    _refuse_offer(written)
    return made


def _refuse_offer(written: Written) -> None:
    if sells := offered_under(written):
        raise TextRefused(
            sells,
            _("Take the offer out, or choose the purpose “%(sell)s”.")
            % {"sell": Purpose.SELL.label},
        )


def _frozen(
    written: Written, made: Compiled, *, template: Template | None, number: int, by: Actor,
    at: datetime,
) -> TemplateVersion:  # fmt: skip
    version = TemplateVersion.objects.create(
        template=template, number=number, purpose=written.purpose,
        subject=made.subject, preheader=made.preheader, body=written.body, layout=written.layout,
        html=made.html, text=made.text, fields=made.fields, has_links=made.has_links,
        sha256=made.sha256, created_at=at, created_by_id=by.member_id, frozen_at=at,
    )  # fmt: skip
    audit.record("froze", version, by=by, at=at)
    return version


def send_text_test(
    template: Template, customer: Customer | None, member: Member, *, by: Actor, at: datetime
) -> None:
    """Send a text to oneself, as this customer would read it; nothing goes to the customer."""
    _check(by)
    made = _made(Written(**{name: getattr(template, name) for name in WRITTEN}))
    rendered = previewed(made, customer, member=member, at=at)
    outcome = send_to_staff(
        [member], the_server(), at=at, text=rendered.text, html=rendered.html,
        subject=_("Test: %(subject)s") % {"subject": rendered.subject},
    )[0]  # fmt: skip
    if outcome.result is not Result.ACCEPTED:
        raise Refusal(
            _("The test did not leave: %(code)s.") % {"code": outcome.code},
            _("Look at the mail server in the settings."),
        )
    audit.record("tested", template, by=by, at=at)
