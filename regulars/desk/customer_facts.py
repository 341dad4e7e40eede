"""What the customer page puts together from the rooms: the story above, the facts at the side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Case, IntegerField, Value, When
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.consent.choices import Channel
from regulars.consent.models import ConsentState
from regulars.consent.queries import standing_of
from regulars.conversations.queries import balance_of
from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.money import Money
from regulars.core.strip import rhythm_strip
from regulars.customers.choices import Kind, PointKind, PointState
from regulars.customers.models import ContactPoint, Customer
from regulars.customers.queries.relations import served_count
from regulars.desk.consent_words import stands_words
from regulars.desk.customer_known import Known, known_of
from regulars.desk.customer_rows import facts_of, shown_tier, wait_words
from regulars.desk.customer_segments import StayShown, stays_shown
from regulars.desk.customer_tiers import ChangeShown, changes_shown, less_shown, override_end
from regulars.desk.seeing import Sight, is_point_hidden
from regulars.insight.models import CustomerFacts
from regulars.insight.queries import open_days, outlook_of, sentence_of, wait_of
from regulars.orders.queries import YearOfOrders, purchase_days, year_of
from regulars.planning.queries import NextTouch, best_channel_of, next_touches_of
from regulars.team.models import Business, Closure

WIDE_WEEKS, NARROW_WEEKS = 52, 16
WIDE_HEIGHT, NARROW_HEIGHT = 76, 68
A_YEAR = timedelta(days=365)
# As the channels that they serve are worth: a call, then a note or a visit, then an e-mail.
BEST_FIRST = (PointKind.PHONE, PointKind.ADDRESS, PointKind.EMAIL, PointKind.SOCIAL)
ASKED_ABOUT = (Channel.EMAIL, Channel.TEXT, Channel.CALL, Channel.LETTER)
CHANNEL_OF = {
    PointKind.PHONE: Channel.CALL,
    PointKind.ADDRESS: Channel.NOTE,
    PointKind.EMAIL: Channel.EMAIL,
}


COMPOSER = "#composer-body"


@dataclass(frozen=True, slots=True)
class Story:
    """The head of the page: who, the sentence, the strips, what comes next."""

    tier: str
    override: str
    override_until: date | None
    sentence: str
    wide: SafeString
    narrow: SafeString
    next: NextTouch | None
    next_channel: str
    next_point: ContactPoint | None
    since: date | None

    @property
    def next_href(self) -> str:
        """Where the one action leads: the telephone, a message, or the place to write it down."""
        point = self.next_point
        if point is not None and point.kind == PointKind.PHONE:
            return f"tel:{point.normal}"
        if point is not None and point.kind == PointKind.EMAIL:
            return reverse("messaging:write", args=[point.customer_id])
        if point is not None and self.next_channel == Channel.NOTE:
            return reverse("notes:to", args=[point.customer_id])
        return COMPOSER


def story_of(
    customer: Customer,
    points: Sequence[ContactPoint],
    today: date,
    business: Business,
    sight: Sight,
) -> Story:
    """The head of the page; `points` are the ways to reach them that may be seen, best first."""
    closures = list(Closure.objects.values_list("starts_on", "ends_on"))
    facts, days = facts_of(customer) if sight.rhythm else None, open_days(closures)
    tier, override = shown_tier(customer)
    coming = next_touches_of([customer], today, business).get(customer.pk)
    channel = coming.item.channel if coming and coming.item else best_channel_of(customer, tier)
    bought = purchase_days([customer.pk], today - timedelta(weeks=WIDE_WEEKS))[customer.pk]
    wait = wait_of(facts, today, days) if facts else None
    sentence = sentence_of(facts, today, days) if facts else _("Not counted yet.")
    label = wait_words(wait.usual_days, wait.days) if wait else _("no purchase yet")

    def strip(weeks: int, height: int) -> SafeString:
        return rhythm_strip(
            purchases=bought, today=today, weeks=weeks, due_on=facts.due_on if facts else None,
            closures=closures, label=label, height=height,
        )  # fmt: skip

    return Story(
        tier=tier if sight.tier else "",
        override=override if sight.tier else "",
        override_until=override_end(customer) if sight.tier else None,
        sentence=_sentence(customer, today) or (sentence if sight.rhythm else ""),
        wide=strip(WIDE_WEEKS, WIDE_HEIGHT) if sight.rhythm else SafeString(""),
        narrow=strip(NARROW_WEEKS, NARROW_HEIGHT) if sight.rhythm else SafeString(""),
        next=coming,
        next_channel=channel,
        next_point=_point_for(channel, points),
        since=_since(sight, customer, facts),
    )


def _sentence(customer: Customer, today: date) -> str:
    """Of a department of ours: for how many it works."""
    if customer.kind != Kind.DEPARTMENT:
        return ""
    count = served_count(customer, today)
    if not count:
        return _("A department of ours. Note below whom it serves.")
    return ngettext(
        "A department of ours, which serves %(count)d customer.",
        "A department of ours, which serves %(count)d customers.",
        count,
    ) % {"count": count}


def _since(sight: Sight, customer: Customer, facts: CustomerFacts | None) -> date | None:
    if not sight.since:
        return None
    return customer.since_on or (facts.first_on if facts else None)


def _point_for(channel: str, points: Sequence[ContactPoint]) -> ContactPoint | None:
    fits = (p for p in points if CHANNEL_OF.get(PointKind(p.kind)) == channel)
    return next((point for point in fits if point.state == PointState.USABLE), None)


def points_of(customer: Customer, sight: Sight) -> list[ContactPoint]:
    """The ways to reach a customer that this person may see: what works, then what counts most."""
    doubt = Case(When(state=PointState.USABLE, then=Value(0)), default=Value(1))
    worth = Case(
        *(When(kind=kind, then=Value(place)) for place, kind in enumerate(BEST_FIRST)),
        output_field=IntegerField(),
    )
    points = customer.contact_points.order_by(doubt, worth, "-is_primary", "id")
    return [one for one in points if not is_point_hidden(one, sight.hidden)]


@dataclass(frozen=True, slots=True)
class Side:
    """The facts beside the ledger."""

    points: Sequence[ContactPoint]
    permissions: Sequence[tuple[str, str, str, str]]
    year: YearOfOrders | None
    spend: Money | None
    basket: Money | None
    # Nothing where how often they heard from us is hidden.
    balance: dict[str, int] | None
    outlook: "OutlookShown | None"
    less: str
    known: Known
    tiers: Sequence[ChangeShown]
    stays: Sequence[StayShown]
    references: Sequence[str]
    has_about: bool

    @property
    def balance_parts(self) -> list[tuple[str, int]]:
        kinds = {"1": "serve", "2": "inform", "3": "sell"}
        return [(place, (self.balance or {}).get(kind, 0)) for place, kind in kinds.items()]

    @property
    def has_balance(self) -> bool:
        return any((self.balance or {}).values())


def side_of(
    actor: Actor, customer: Customer, points: Sequence[ContactPoint], today: date,
    business: Business, sight: Sight,
) -> Side:  # fmt: skip
    hidden = sight.hidden
    year = year_of(customer, today, business.currency) if sight.year_spend else None
    basket = year.basket_minor if year else None
    return Side(
        points=points,
        permissions=_permissions(standing_of(customer), sight),
        year=year,
        spend=Money(year.spend_minor, business.currency) if year else None,
        basket=Money(basket, business.currency) if basket is not None else None,
        outlook=_outlook(customer, today, business, sight),
        less=less_shown(customer, business, sight),
        balance=balance_of(customer, clock.now() - A_YEAR) if sight.heard else None,
        known=known_of(actor, customer, today),
        tiers=changes_shown(customer, sight),
        stays=stays_shown(actor, customer, clock.now()),
        has_about=sight.about,
        references=[]
        if "customer.reference" in hidden
        else [str(reference) for reference in customer.references.order_by("source")[:5]],
    )


@dataclass(frozen=True, slots=True)
class OutlookShown:
    """What to expect of a customer, in words; the money where it may be seen."""

    still_there: str
    back: str
    days: int
    purchases: str
    sure: str
    spend: Money | None


def _outlook(
    customer: Customer, today: date, business: Business, sight: Sight
) -> OutlookShown | None:
    facts = facts_of(customer) if sight.rhythm else None
    words = outlook_of(facts, customer.kind, today) if facts else None
    if words is None:
        return None
    is_spend_said = sight.year_spend and words.spend_minor
    spend = Money(words.spend_minor, business.currency) if is_spend_said else None
    return OutlookShown(
        words.still_there, words.back, words.days, words.purchases, words.sure, spend
    )


def _permissions(
    standing: dict[str, ConsentState], sight: Sight
) -> list[tuple[str, str, str, str]]:
    """For each channel its name, label, decision and the sentence of where it stands."""
    return [
        (
            channel.value,
            str(channel.label),
            _decision(standing.get(channel)),
            stands_words(standing.get(channel)),
        )
        for channel in ASKED_ABOUT
        if sight.channel(channel)
    ]


def _decision(state: ConsentState | None) -> str:
    return state.decision if state else ""
