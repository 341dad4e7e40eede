"""Who would thank us for an article: by what they said they care about or need, and bought.

Candidates come from the topics and the goods that fit, never from a look at every customer: the
topics that customers have are few beside the customers, and of purchases only the newest count.
"""

# Statements are put together from names of tables; every value is bound.
# ruff: noqa: S608

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, Exists, F, FloatField, Max, OuterRef, Value, When
from django.db.models.functions import Coalesce

from regulars.core.bulk import rows_of, table_of
from regulars.customers.choices import InterestKind
from regulars.customers.models import CustomerQuerySet, Interest
from regulars.library.blocking import without_open_matters
from regulars.library.choices import Because
from regulars.library.fitting import FITS, FITS_GOODS, Told, fitting
from regulars.library.models import Article, Share
from regulars.library.queries.mailed import without_those_who_had
from regulars.orders.choices import OrderKind
from regulars.orders.models import Order, OrderLine

# Topics that are compared with an article; a list has far fewer, even a long one.
MOST_TOPICS = 20_000
# Of what was bought the newest so many orders count: what was bought long ago says little.
NEWEST_ORDERS = 50_000
# A need is answered before an interest, an interest before a guess from what was bought.
WEIGHT = {Because.NEED: 1.0, Because.INTEREST: 0.8, Because.BOUGHT: 0.5}
# How much is read to find so many different people: some fit by several topics.
READ_MORE = 4
_STEPS = (0.9, 0.75, 0.6, FITS)


@dataclass(frozen=True, slots=True)
class Fitting:
    """One customer whom an article fits, and why."""

    customer_id: int
    score: float
    because: Because
    # Their topic, or what they bought.
    words: str
    said_on: date | None
    # What they said of it themselves, where anybody wrote it down.
    said: str = ""


def heard_topics() -> list[str]:
    """Every topic that a customer has, folded, each once: met by jumps from one to the next."""
    table = table_of(Interest)
    found = rows_of(
        "WITH RECURSIVE met AS ("
        f" SELECT min(folded) AS folded, 1 AS nth FROM {table}"
        f" UNION ALL SELECT (SELECT min(i.folded) FROM {table} i WHERE i.folded > met.folded),"
        " nth + 1 FROM met WHERE met.folded IS NOT NULL AND nth < %(most)s"
        ") SELECT folded FROM met WHERE folded IS NOT NULL",
        {"most": MOST_TOPICS},
    )
    return [row[0] for row in found]


def bought_since() -> date | None:
    """From which day on purchases are looked at: the day of the newest so many orders."""
    days = Order.objects.order_by("-placed_on").values_list("placed_on", flat=True)
    return days[NEWEST_ORDERS : NEWEST_ORDERS + 1].first() or days.last()


def bought_goods(since: date) -> list[str]:
    """What was bought since a day, each thing once."""
    lines = OrderLine.objects.filter(order__placed_on__gte=since).exclude(description="")
    return list(lines.order_by().values_list("description", flat=True).distinct())


def who_would_thank(
    told: Told,
    *,
    among: CustomerQuerySet,
    at: datetime,
    most: int,
    article: Article | None = None,
    with_goods: bool = True,
) -> list[Fitting]:
    """Who would thank us, those whom it fits best first; never who has had it, nor who waits.

    Among people whom it fits alike, those come first of whom more is at stake.
    """
    open_to = _open_to(among.on_the_list(), article, at)
    found = list(_by_interest(told, open_to, most))
    if with_goods and (since := bought_since()) is not None:
        found += _by_purchase(told, open_to, most, since)
    best: dict[int, Fitting] = {}
    for one in sorted(found, key=lambda one: -one.score):
        best.setdefault(one.customer_id, one)
    return list(best.values())[:most]


def _open_to(among: CustomerQuerySet, article: Article | None, at: datetime) -> CustomerQuerySet:
    if article is not None:
        among = without_those_who_had(article, among)
    rows: CustomerQuerySet = without_open_matters(among, at, of="pk")
    return rows


def _by_interest(told: Told, among: CustomerQuerySet, most: int) -> Iterator[Fitting]:
    """By what they said: one statement, however many have said it."""
    fits = fitting(heard_topics(), told, FITS)
    if not fits:
        return
    rows = (
        Interest.objects.filter(folded__in=fits, is_still_true=True)
        .filter(Exists(among.filter(pk=OuterRef("customer"))))
        .annotate(weight=_weight(fits), stake=Coalesce(F("customer__facts__stake_minor"), 0))
        .order_by("-weight", "-stake", "customer_id", "pk")
    )
    for row in rows[: most * READ_MORE]:
        because = Because.NEED if row.kind == InterestKind.NEED else Because.INTEREST
        yield Fitting(
            row.customer_id, WEIGHT[because] * fits[row.folded], because, row.topic,
            row.confirmed_on or row.noted_on, row.words,
        )  # fmt: skip


def _weight(fits: Mapping[str, float]) -> Case:
    """The fit of a row's topic, in a few steps, less for an interest than for a need."""
    cases = []
    above = 2.0
    for step in _STEPS:
        of_step = [topic for topic, fit in fits.items() if step <= fit < above]
        for kind, because in _KINDS:
            cases.append(When(folded__in=of_step, kind=kind, then=Value(step * WEIGHT[because])))
        above = step
    return Case(*cases, default=Value(0.0), output_field=FloatField())


_KINDS = ((InterestKind.NEED, Because.NEED), (InterestKind.INTEREST, Because.INTEREST))


def _by_purchase(told: Told, among: CustomerQuerySet, most: int, since: date) -> Iterable[Fitting]:
    """By what they bought of late: the newest first."""
    fits = fitting(bought_goods(since), told, FITS_GOODS)
    if not fits:
        return []
    rows = (
        OrderLine.objects.filter(
            description__in=fits, order__placed_on__gte=since, order__kind=OrderKind.SALE
        )
        .filter(Exists(among.filter(pk=OuterRef("order__customer"))))
        .order_by()
        .values_list("order__customer", "description")
        .annotate(last_on=Max("order__placed_on"))
        .order_by("-last_on", "order__customer")
    )
    return [
        Fitting(pk, WEIGHT[Because.BOUGHT] * fits[goods], Because.BOUGHT, goods, last_on)
        for pk, goods, last_on in rows[: most * READ_MORE]
    ]


def articles_for(
    customer_id: int,
    articles: Sequence[tuple[Article, Told]],
    *,
    bought: Collection[tuple[str, date]] = (),
) -> list[tuple[Article, Fitting]]:
    """Which of these articles fit one customer, the best first; what they have had is left out."""
    had = set(Share.objects.filter(customer=customer_id).values_list("article_id", flat=True))
    interests = list(Interest.objects.filter(customer=customer_id, is_still_true=True))
    if not interests and not bought:
        return []
    found = [
        (article, fit)
        for article, told in articles
        if article.pk not in had
        and (fit := _best(customer_id, told, interests, dict(bought))) is not None
    ]
    return sorted(found, key=lambda one: -one[1].score)


def _best(
    customer_id: int, told: Told, interests: Sequence[Interest], bought: Mapping[str, Any]
) -> Fitting | None:
    topics = fitting([one.folded for one in interests], told, FITS)
    found = [
        Fitting(
            customer_id, WEIGHT[because] * topics[one.folded], because, one.topic,
            one.confirmed_on or one.noted_on, one.words,
        )
        for one in interests
        if one.folded in topics
        and (because := Because(one.kind))
    ]  # fmt: skip
    goods = fitting(list(bought), told, FITS_GOODS)
    found += [
        Fitting(customer_id, WEIGHT[Because.BOUGHT] * fit, Because.BOUGHT, name, bought[name])
        for name, fit in goods.items()
    ]
    return max(found, key=lambda one: one.score, default=None)


def lately_bought(customer_id: int, most: int = 200) -> list[tuple[str, date]]:
    """What one customer bought last, each thing with its last day."""
    lines = OrderLine.objects.filter(
        order__customer=customer_id, order__kind=OrderKind.SALE
    ).exclude(description="")
    newest = lines.order_by("-order__placed_at", "pk")[:most]
    bought: dict[str, date] = {}
    for name, day in newest.values_list("description", "order__placed_on"):
        bought.setdefault(name, day)
    return list(bought.items())
