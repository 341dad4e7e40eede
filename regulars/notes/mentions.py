"""What is worth a mention in a note: facts about one customer, each ready to be put into it.

A fact appears only when it is known, and only to whoever may see it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import format_date
from django.utils.translation import get_language, ngettext, to_locale
from django.utils.translation import gettext as _

from regulars.conversations.models import Touch
from regulars.core.actor import Actor
from regulars.core.list_fields import is_hidden
from regulars.core.templatetags.look import day_words
from regulars.customers.models import Customer
from regulars.customers.queries.interests import interests_of
from regulars.insight.queries import facts_of
from regulars.orders.choices import OrderKind
from regulars.orders.queries import orders_of, with_first_lines
from regulars.promises.choices import PromiseState
from regulars.promises.queries import promises_of

# An anniversary is one within so many days; a kept promise is worth a word for so long.
AROUND, KEPT_WITHIN = timedelta(days=21), timedelta(days=60)
GOODS, TOPICS = 2, 2


@dataclass(frozen=True, slots=True)
class Mention:
    """One fact: as it stands among the facts, and the sentence that goes into the note."""

    fact: str
    sentence: str


def mentions_of(customer: Customer, actor: Actor, today: date) -> list[Mention]:
    """Facts worth mentioning to one customer, the most personal first."""
    found: list[Mention] = []
    if not is_hidden(actor, "touch", "conversation.notes"):
        found += _said(customer)
    if not is_hidden(actor, "promise", "promise.what"):
        found += _kept(customer, today)
    if not is_hidden(actor, "insight.first_on", "order"):
        found += _since(customer, today)
    if not is_hidden(actor, "order", "insight.last_on"):
        found += _bought(customer)
    if not is_hidden(actor, "customer.interests", "customer.needs"):
        found += _topics(customer)
    return found


def _said(customer: Customer) -> Iterator[Mention]:
    said = Touch.objects.standing().filter(customer=customer).exclude(said="")
    last = said.order_by("-happened_at", "-id").first()
    if last is not None:
        fact = _("%(day)s they said: “%(words)s”") % {
            "day": day_words(last.happened_at), "words": last.said[:200],
        }  # fmt: skip
        yield Mention(fact, _("I still think of what you told me: "))


def _kept(customer: Customer, today: date) -> Iterator[Mention]:
    kept = promises_of(customer).filter(state__in=(PromiseState.KEPT, PromiseState.KEPT_LATE))
    last = kept.filter(settled_at__date__gte=today - KEPT_WITHIN).order_by("-settled_at").first()
    if last is not None:
        fact = _("What we promised them came true: %(what)s") % {"what": last.what[:200]}
        yield Mention(fact, _("I am glad that we could keep our word."))


def _since(customer: Customer, today: date) -> Iterator[Mention]:
    facts = facts_of(customer)
    first = facts.first_on if facts else None
    if first is None or facts is None or facts.crowd_sales:
        return
    years, is_near = _anniversary(first, today)
    if years and is_near:
        sentence = ngettext(
            "It is %(years)d year now since you first came to us. Thank you.",
            "It is %(years)d years now since you first came to us. Thank you.", years,
        ) % {"years": years}  # fmt: skip
        yield Mention(_("First bought on %(day)s.") % {"day": _long(first)}, sentence)
    elif facts.purchase_count > 1:
        fact = ngettext(
            "Bought on %(count)d day since %(month)s.", "Bought on %(count)d days since %(month)s.",
            facts.purchase_count,
        ) % {"count": facts.purchase_count, "month": _month(first)}  # fmt: skip
        yield Mention(
            fact, _("Thank you for coming to us since %(month)s.") % {"month": _month(first)}
        )


def _anniversary(first: date, today: date) -> tuple[int, bool]:
    """How many whole years it is around these days, and whether the day is near."""
    years = round((today - first).days / 365.25)
    # The 29th of February is kept on the 28th.
    day = first.day if (first.month, first.day) != (2, 29) else 28
    return years, abs(date(first.year + years, first.month, day) - today) <= AROUND


def _bought(customer: Customer) -> Iterator[Mention]:
    sales = orders_of(customer).filter(kind=OrderKind.SALE).order_by("-placed_on", "-pk")
    last = next(iter(with_first_lines(sales)[:1]), None)
    if last is None:
        return
    lines = last.lines_shown  # type: ignore[attr-defined]
    goods = list(dict.fromkeys(line.description for line in lines if line.description))[:GOODS]
    fact = _("Last bought on %(day)s.") % {"day": _long(last.placed_on)}
    if goods:
        named = _(" and ").join(goods)
        said = _("I hope that you liked the %(goods)s.") % {"goods": named}
        yield Mention(f"{fact} {named}", said)
    else:
        month = _month(last.placed_on)
        yield Mention(fact, _("It was good to see you in %(month)s.") % {"month": month})


def _topics(customer: Customer) -> Iterator[Mention]:
    for one in interests_of([customer.pk]).get(customer.pk, [])[:TOPICS]:
        fact = _("Cares about: %(topic)s") % {"topic": one.topic}
        yield Mention(fact, _("I thought of you because of the %(topic)s.") % {"topic": one.topic})


def _long(day: date) -> str:
    return format_date(day, "long", locale=to_locale(get_language() or "en"))


def _month(day: date) -> str:
    return format_date(day, "MMMM y", locale=to_locale(get_language() or "en"))
