"""Tiers that a file tells: each a person's word over the count, with its reason and its end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.core import audit
from regulars.core.before_images import changing, remember_created
from regulars.core.column_sets import Field, FieldKind, Heard, Terms
from regulars.core.events import announce
from regulars.core.models import Operation
from regulars.customers.models import Customer
from regulars.insight.choices import Tier, TierWhy
from regulars.insight.errors import NoSuchTier
from regulars.insight.events import TiersMoved
from regulars.insight.models import TierChange, TierOverride
from regulars.insight.queries import with_tier
from regulars.team.queries import the_named_business

LONGEST_REASON = 500
WRITTEN = ("tier", "reason", "set_by_id", "set_at", "since_on", "until_on")


@dataclass(frozen=True, slots=True)
class Word:
    """What a file says of one customer."""

    tier: str
    reason: str
    until_on: date | None

    def holds_in(self, override: TierOverride | None) -> bool:
        return override is not None and (override.tier, override.reason, override.until_on) == (
            self.tier, self.reason, self.until_on,
        )  # fmt: skip


class TiersTold:
    """Takes the columns of a tier, why, and until when.

    A file of our own has the counted tier of everybody, which is nobody's word: so a column is
    taken for one by itself only where another says why.
    """

    kind = "tier"
    fields = (
        Field(
            "tier", gettext_lazy("Tier, set by hand"), FieldKind.TEXT,
            ("tier", "customer tier", "tier set by hand"), beside=("tier_reason",),
            listed=("insight.tier",),
        ),
        Field(
            "tier_reason", gettext_lazy("Why they are in this tier"), FieldKind.TEXT,
            ("tier reason", "reason for the tier", "why this tier"), listed=("insight.tier",),
        ),
        Field(
            "tier_until", gettext_lazy("In this tier until"), FieldKind.MOMENT,
            ("tier until", "tier ends"), may_be_future=True, listed=("insight.tier",),
        ),
    )  # fmt: skip

    def read(self, cells: Mapping[str, Any]) -> Mapping[str, Any] | None:
        said = str(cells["tier"]).strip()
        if not said:
            return None
        names = {name.casefold(): key for key, label in Tier.choices for name in (key, str(label))}
        if said.casefold() not in names:
            raise NoSuchTier(said)
        until = cells.get("tier_until")
        return {
            "tier": names[said.casefold()],
            "reason": str(cells.get("tier_reason", "")).strip()[:LONGEST_REASON],
            "until": until.day if until else "",
        }

    def would_change(self, heard: Sequence[Heard], terms: Terms) -> set[int]:
        return set(_news(heard, terms))

    def take(self, heard: Sequence[Heard], terms: Terms, done: Operation) -> None:
        news = _news(heard, terms)
        if news:
            _set_tiers(news, terms, done)


def _news(heard: Sequence[Heard], terms: Terms) -> dict[int, Word]:
    """Words that do not hold already; one until a day that has come is over."""
    words = {one.customer_id: _word(one.told, terms) for one in heard}
    known, today = TierOverride.objects.in_bulk(list(words)), _today(terms)
    return {
        pk: word for pk, word in words.items()
        if not word.holds_in(known.get(pk)) and (word.until_on is None or word.until_on > today)
    }  # fmt: skip


def _word(told: Mapping[str, Any], terms: Terms) -> Word:
    reason = told["reason"] or _("said in the file “%(source)s”") % {"source": terms.source}
    until = date.fromisoformat(told["until"]) if told["until"] else None
    return Word(told["tier"], reason, until)


def _today(terms: Terms) -> date:
    return the_named_business().day_of(terms.at)


def _set_tiers(news: Mapping[int, Word], terms: Terms, done: Operation) -> None:
    before, known = _shown(news), TierOverride.objects.in_bulk(list(news))
    rows = [_override(pk, word, known.get(pk), terms) for pk, word in news.items()]
    old, new = (
        [row for row in rows if (row.pk in known) == is_known] for is_known in (True, False)
    )
    if old:
        with changing(done, TierOverride, WRITTEN, sorted(known)):
            TierOverride.objects.bulk_update(old, WRITTEN)
    TierOverride.objects.bulk_create(new)
    if new:
        remember_created(done, TierOverride, sorted(row.pk for row in new))
    _write_down(news, before, terms)
    audit.record("set tiers by a file", done, by=terms.by, at=terms.at, customers=len(news))


def _override(pk: int, word: Word, held: TierOverride | None, terms: Terms) -> TierOverride:
    since_on = held.since_on if held and held.tier == word.tier else _today(terms)
    return TierOverride(
        customer_id=pk, tier=word.tier, reason=word.reason, set_by_id=terms.by.member_id,
        set_at=terms.at, since_on=since_on, until_on=word.until_on,
    )  # fmt: skip


def _shown(ids: Mapping[int, Any]) -> dict[int, str]:
    rows = with_tier(Customer.objects.filter(pk__in=list(ids)))
    return dict(rows.values_list("pk", "shown_tier"))  # type: ignore[misc]


def _write_down(news: Mapping[int, Word], before: Mapping[int, str], terms: Terms) -> None:
    """What people see of these customers became another."""
    moved = sorted(pk for pk, word in news.items() if before[pk] != word.tier)
    if not moved:
        return
    today = _today(terms)
    TierChange.objects.filter(customer__in=moved, until_on=None).update(until_on=today)
    TierChange.objects.bulk_create(
        TierChange(
            customer_id=pk, from_tier=before[pk], to_tier=news[pk].tier, changed_on=today,
            written_at=terms.at, why=TierWhy.SET, reason=news[pk].reason,
            set_by_id=terms.by.member_id,
        )
        for pk in moved
    )  # fmt: skip
    streams = sorted({(before[pk], news[pk].tier) for pk in moved})
    told: list[list[str | int]] = [
        [was, now, sum(1 for pk in moved if (before[pk], news[pk].tier) == (was, now))]
        for was, now in streams
    ]
    announce(TiersMoved(today.isoformat(), told), at=terms.at)
