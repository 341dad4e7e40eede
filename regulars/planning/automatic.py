"""What can go by itself: who is written to where no minutes are left, and how that is set."""

from collections.abc import Collection, Iterable, Mapping, Sequence
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
from regulars.messaging.actions.texts import made_short
from regulars.messaging.models import Message, Template
from regulars.messaging.queries import is_carried
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
    """What goes for each reason, how many go from one list a day, whether unasked.

    `texts` are those of mails; `words` those of text messages, while a provider carries any.
    """

    texts: Mapping[str, int] = field(default_factory=dict)
    most: int = MOST_BY_ITSELF
    is_unasked: bool = False
    words: Mapping[str, str] = field(default_factory=dict)

    def ways_for(self, reason: str) -> list[Channel]:
        """By which channels something is written that can go for a reason."""
        written = {Channel.EMAIL: reason in self.texts, Channel.TEXT: reason in self.words}
        return [channel for channel, there in written.items() if there]


def automatic_now() -> Automatic:
    """How it is set; a text that was put away, or is for something else now, goes to nobody."""
    told = ("reason", "template", "template__purpose", "template__archived_at", "words")
    rows = list(AutomaticText.objects.filter(reason__in=REASONS.names()).values_list(*told))
    texts = {
        reason: key
        for reason, key, purpose, put_away, _words in rows
        if key and put_away is None and purpose == purpose_of(reason)
    }
    words = {reason: said for reason, *_text, said in rows if said}
    rules = AutomaticRules.objects.filter(pk=1).first() or AutomaticRules()
    carried = words if words and is_carried(Channel.TEXT) else {}
    return Automatic(texts, rules.most_a_day, rules.is_unasked, carried)


def who_gets_what(waiting: Iterable[Candidate], automatic: Automatic) -> dict[int, str]:
    """Of those who did not fit, who can be written to by itself, by which channel.

    The most worthy first. The gate was asked before: whom it refuses has that channel open no
    more. Whoever is worth a call that can still come is not spent on a mail or a text, which would
    take its place for a while; of these two the one that matters more goes.
    """
    found: dict[int, str] = {}
    for one in waiting:
        if len(found) >= automatic.most:
            break
        if channel := _by_which(one, automatic.ways_for(one.reason)):
            found[one.key] = channel
    return found


def _by_which(one: Candidate, ways: Collection[Channel]) -> str:
    if not ways:
        return ""
    weighed = beside_waiting(one.opened, one.overdue)
    able = [o for o in weighed if o.channel in ways and o.matters > LEAST_MATTERS]
    return max(able, key=lambda o: o.matters).channel.value if able else ""


def way_of(item: PlanItem) -> str:
    """By which channel this line of a list goes by itself, or can."""
    return str(item.values.get("goes", {}).get("by", Channel.EMAIL.value))


def occasion_of(item: PlanItem, day: date) -> str:
    """What is called back and let go again is another message: the first was taken back."""
    again = item.values["goes"].get("again", 0)
    return f"plan:{day.isoformat()}:{again}" if again else f"plan:{day.isoformat()}"


def messages_of(items: Iterable[PlanItem], day: date) -> "QuerySet[Message]":
    """The messages by which these lines of a day go out."""
    occasions = {item.customer_id: occasion_of(item, day) for item in items}
    return Message.objects.filter(
        customer__in=list(occasions), channel__in=GOING_BY, occasion__in=set(occasions.values())
    ).order_by("pk")


def sent_by_themselves(
    items: Sequence[PlanItem], day: date
) -> tuple[Mapping[int, str], Mapping[int, Message]]:
    """By customer what goes to them, if anything can: the text or its name, and the message."""
    able = [item for item in items if "goes" in item.values]
    if not able:
        return {}, {}
    rows = AutomaticText.objects.values_list("reason", "template__name", "words")
    said = {
        (reason, channel): text
        for reason, name, words in rows
        for channel, text in ((Channel.EMAIL.value, name), (Channel.TEXT.value, words))
    }
    going = messages_of([one for one in able if one.state == ItemState.GOING], day)
    texts = {item.customer_id: said.get((item.reason, way_of(item))) or "" for item in able}
    return texts, {message.customer_id: message for message in going if message.customer_id}


@dataclass(frozen=True, slots=True)
class TextChoice:
    """One reason on the page of settings: its text, and those that are for the same purpose."""

    reason: str
    label: str
    purpose: str
    chosen: int | None
    texts: Sequence[Template]
    # Of a text message.
    words: str = ""


def text_choices() -> list[TextChoice]:
    """Two queries, however many reasons there are."""
    rows = AutomaticText.objects.values_list("reason", "template", "words")
    chosen = {reason: (key, words) for reason, key, words in rows}
    kept = list(Template.objects.filter(archived_at=None).order_by("name", "pk"))
    return [
        TextChoice(
            reason=one.name,
            label=label_of(one.name),
            purpose=str(one.purpose.label),
            chosen=chosen.get(one.name, _NOTHING)[0],
            words=chosen.get(one.name, _NOTHING)[1],
            texts=[text for text in kept if text.purpose == one.purpose],
        )
        for one in REASONS
        if one.name not in IN_PERSON
    ]


# What asks for somebody's time is not done by a text.
IN_PERSON = frozenset({"personal_due"})
GOING_BY = (Channel.EMAIL, Channel.TEXT)
_NOTHING: tuple[int | None, str] = (None, "")


def automatic_as_set() -> dict[str, Any]:
    """As it stands, so that a change can be undone."""
    rules = AutomaticRules.objects.filter(pk=1).first() or AutomaticRules()
    rows = list(AutomaticText.objects.values_list("reason", "template", "words"))
    return {
        "texts": {reason: key for reason, key, _words in rows if key},
        "words": {reason: words for reason, _key, words in rows if words},
        "most": rules.most_a_day,
        "unasked": rules.is_unasked,
    }


@transaction.atomic
def set_automatic(
    texts: Mapping[str, int], *, most: int, unasked: bool, by: Actor, at: datetime,
    words: Mapping[str, str] | None = None,
) -> None:  # fmt: skip
    """Say what goes for which reason, how many a day from one list, and whether unasked.

    `texts` go by mail, `words` as text messages.
    """
    if not may_set_cadences(by):
        raise NotAllowed(_("Only the owner sets what goes by itself."))
    if not 1 <= most <= AutomaticRules.MOST:
        raise TextUnfit(
            _("%(count)s a day cannot go by themselves.") % {"count": most},
            _("Choose from 1 to %(most)s.") % {"most": AutomaticRules.MOST},
        )
    words = words or {}
    for reason in {*texts, *words}:
        if reason not in REASONS or reason in IN_PERSON:
            raise TextUnfit(_("This reason is no longer given."), _("Load the page again."))
    for reason, said in words.items():
        made_short(said, purpose=purpose_of(reason))
    kept = Template.objects.filter(archived_at=None).in_bulk(list(texts.values()))
    for reason, key in texts.items():
        text = kept.get(key)
        if text is None or text.purpose != purpose_of(reason):
            raise TextUnfit(
                _("“%(reason)s” needs a text for the same purpose: %(purpose)s.")
                % {"reason": label_of(reason), "purpose": purpose_of(reason).label},
                _("Choose another text, or change what that one is for."),
            )
    AutomaticText.objects.all().delete()
    AutomaticText.objects.bulk_create(
        AutomaticText(reason=reason, template_id=texts.get(reason), words=words.get(reason, ""))
        for reason in sorted({*texts, *words})
    )
    rules = {"most_a_day": most, "is_unasked": unasked}
    AutomaticRules.objects.update_or_create(pk=1, defaults=rules)
    audit.record("set what goes by itself", "planning.automatic", by=by, at=at, **rules,
                 texts=dict(texts), words=dict(words))  # fmt: skip
