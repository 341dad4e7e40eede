"""What can go by itself: who gets a text where nobody's minutes are left, and how that is set."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from regulars.consent.choices import Channel
from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.messaging.models import Message, Template
from regulars.planning.candidates import Candidate
from regulars.planning.choices import ItemState
from regulars.planning.errors import TextUnfit
from regulars.planning.kept import AutomaticRules, AutomaticText
from regulars.planning.knapsack import beside_waiting
from regulars.planning.known import REASONS, purpose_of
from regulars.planning.labels import label_of
from regulars.planning.models import PlanItem
from regulars.planning.priors import LEAST_MATTERS, MOST_BY_ITSELF
from regulars.planning.rules import may_set_cadences


@dataclass(frozen=True, slots=True)
class Automatic:
    """The text of each reason that has one, how many go from one list a day, whether unasked."""

    texts: Mapping[str, int] = field(default_factory=dict)
    most: int = MOST_BY_ITSELF
    is_unasked: bool = False


def automatic_now() -> Automatic:
    """How it is set; a text that was put away, or is for something else now, goes to nobody."""
    found = AutomaticText.objects.filter(template__archived_at=None)
    pairs = found.values_list("reason", "template", "template__purpose")
    texts = {
        reason: key
        for reason, key, purpose in pairs
        if reason in REASONS and purpose == purpose_of(reason)
    }
    rules = AutomaticRules.objects.filter(pk=1).first() or AutomaticRules()
    return Automatic(texts, rules.most_a_day, rules.is_unasked)


def who_gets_a_text(waiting: Iterable[Candidate], automatic: Automatic) -> list[Candidate]:
    """Of those who did not fit, to whom a text can go by itself; the most worthy first.

    The gate was asked before: whom it refuses has no e-mail open any more. Whoever is worth a
    call that can still come is not spent on a mail, which would take its place for a while.
    """
    found: list[Candidate] = []
    for one in waiting:
        if len(found) >= automatic.most:
            break
        if one.reason in automatic.texts and _is_worth_it(one):
            found.append(one)
    return found


def _is_worth_it(one: Candidate) -> bool:
    weighed = beside_waiting(one.opened, one.overdue)
    return any(o.channel == Channel.EMAIL and o.matters > LEAST_MATTERS for o in weighed)


def occasion_of(item: PlanItem, day: date) -> str:
    """What is called back and let go again is another message: the first was taken back."""
    again = item.values["goes"].get("again", 0)
    return f"plan:{day.isoformat()}:{again}" if again else f"plan:{day.isoformat()}"


def messages_of(items: Iterable[PlanItem], day: date) -> "QuerySet[Message]":
    """The messages by which these lines of a day go out."""
    occasions = {item.customer_id: occasion_of(item, day) for item in items}
    return Message.objects.filter(
        customer__in=list(occasions), channel=Channel.EMAIL, occasion__in=set(occasions.values())
    ).order_by("pk")


def sent_by_themselves(
    items: Sequence[PlanItem], day: date
) -> tuple[Mapping[str, str], Mapping[int, Message]]:
    """The name of the text of each reason, and by customer the message that goes, if any can."""
    if not any("goes" in item.values for item in items):
        return {}, {}
    names = AutomaticText.objects.values_list("reason", "template__name")
    going = messages_of([one for one in items if one.state == ItemState.GOING], day)
    return dict(names), {message.customer_id: message for message in going if message.customer_id}


@dataclass(frozen=True, slots=True)
class TextChoice:
    """One reason on the page of settings: its text, and those that are for the same purpose."""

    reason: str
    label: str
    purpose: str
    chosen: int | None
    texts: Sequence[Template]


def text_choices() -> list[TextChoice]:
    """Two queries, however many reasons there are."""
    chosen = dict(AutomaticText.objects.values_list("reason", "template"))
    kept = list(Template.objects.filter(archived_at=None).order_by("name", "pk"))
    return [
        TextChoice(
            reason=one.name,
            label=label_of(one.name),
            purpose=str(one.purpose.label),
            chosen=chosen.get(one.name),
            texts=[text for text in kept if text.purpose == one.purpose],
        )
        for one in REASONS
        if one.name not in IN_PERSON
    ]


# What asks for somebody's time is not done by a text.
IN_PERSON = frozenset({"personal_due"})


def automatic_as_set() -> dict[str, Any]:
    """As it stands, so that a change can be undone."""
    rules = AutomaticRules.objects.filter(pk=1).first() or AutomaticRules()
    texts = dict(AutomaticText.objects.values_list("reason", "template"))
    return {"texts": texts, "most": rules.most_a_day, "unasked": rules.is_unasked}


@transaction.atomic
def set_automatic(
    texts: Mapping[str, int], *, most: int, unasked: bool, by: Actor, at: datetime
) -> None:
    """Say which text goes for which reason, how many a day from one list, and whether unasked."""
    if not may_set_cadences(by):
        raise NotAllowed(_("Only the owner sets what goes by itself."))
    if not 1 <= most <= AutomaticRules.MOST:
        raise TextUnfit(
            _("%(count)s a day cannot go by themselves.") % {"count": most},
            _("Choose from 1 to %(most)s.") % {"most": AutomaticRules.MOST},
        )
    kept = Template.objects.filter(archived_at=None).in_bulk(list(texts.values()))
    for reason, key in texts.items():
        if reason not in REASONS or reason in IN_PERSON:
            raise TextUnfit(_("This reason is no longer given."), _("Load the page again."))
        text = kept.get(key)
        if text is None or text.purpose != purpose_of(reason):
            raise TextUnfit(
                _("“%(reason)s” needs a text for the same purpose: %(purpose)s.")
                % {"reason": label_of(reason), "purpose": purpose_of(reason).label},
                _("Choose another text, or change what that one is for."),
            )
    AutomaticText.objects.all().delete()
    AutomaticText.objects.bulk_create(
        AutomaticText(reason=reason, template_id=key) for reason, key in texts.items()
    )
    said = {"most_a_day": most, "is_unasked": unasked}
    AutomaticRules.objects.update_or_create(pk=1, defaults=said)
    audit.record("set what goes by itself", "planning.automatic", by=by, at=at, **said,
                 texts=dict(texts))  # fmt: skip
