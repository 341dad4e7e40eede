"""The look before a mailing leaves: who would get it, who would not and why, what is unwise."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.core import clock
from regulars.core.template_fields import hidden_of
from regulars.core.templatetags.look import number
from regulars.customers.models import Customer
from regulars.customers.queries.people import customers_for
from regulars.messaging.audiences import audiences
from regulars.messaging.gate import NO, counts_by_verdict
from regulars.messaging.linting import Finding, findings_of, lacking_of, written_of
from regulars.messaging.lots import left_out_count
from regulars.messaging.models import Mailing
from regulars.messaging.texts import prepare
from regulars.messaging.words import sentence_of
from regulars.team.models import Member

MISSING = "missing"
_NEVER = NO | {MISSING}
# So many of the list can be looked through one by one.
SHOWN = 25


@dataclass(frozen=True, slots=True)
class Share:
    """Some of the list, for whom the gate says the same."""

    count: int
    says: str


@dataclass(frozen=True, slots=True)
class Look:
    """What whoever approves must have seen."""

    total: int
    will: int
    later: Sequence[Share]
    never: Sequence[Share]
    findings: Sequence[Finding]
    people: Sequence[Customer]
    chosen: Customer | None
    # Who lacks what the text says is not counted for whom that is hidden.
    is_at_most: bool = False
    left_out: int = 0

    @property
    def is_grave(self) -> bool:
        return any(one.is_grave for one in self.findings)

    @property
    def leaving(self) -> int:
        """Those who get it now or later."""
        reached = self.will + sum(share.count for share in self.later)
        return max(0, reached - self.left_out)

    @property
    def parts(self) -> list[tuple[str, int]]:
        later, never = (sum(one.count for one in those) for those in (self.later, self.never))
        return [("1", self.will), ("2", later), ("same", never)]

    @property
    def sentence(self) -> str:
        """How many get it, of how many."""
        if self.is_at_most and self.leaving:
            return _("At most %(leaving)s of %(total)s customers get this.") % {
                "leaving": number(self.leaving), "total": number(self.total),
            }  # fmt: skip
        if self.total == 1:
            return _("One customer gets this.") if self.leaving else _("Nobody gets this.")
        said = ngettext(
            "%(leaving)s of %(total)s customers gets this.",
            "%(leaving)s of %(total)s customers get this.",
            self.leaving,
        )
        return said % {"leaving": number(self.leaving), "total": number(self.total)}

    @property
    def button(self) -> str:
        """What the button does, with how many."""
        if self.leaving == self.total and not self.is_at_most:
            said = ngettext("Send to this one", "Send to all %(count)s of them", self.leaving)
        else:
            said = ngettext("Send to %(count)s of them", "Send to %(count)s of them", self.leaving)
        return said % {"count": number(self.leaving)}


def look_at(mailing: Mailing, *, as_seen_by: Member, shown_id: str) -> Look:
    """Count a mailing's customers by what the gate says now, and pick whose eyes to see it with."""
    meant = audiences[mailing.audience].customers(mailing.definition)
    ids = meant.order_by().values("pk")
    needed = prepare(mailing.version).needed
    hidden = hidden_of(needed, as_seen_by.actor)
    counts = _counts(mailing, ids, [name for name in needed if name not in hidden])
    will = counts.pop("", 0)
    shares = [(code, Share(count, _says(code))) for code, count in counts.most_common()]
    people = list(customers_for(as_seen_by.actor).filter(pk__in=ids)
                  .order_by("sort_name", "pk")[:SHOWN])  # fmt: skip
    chosen = [one for one in people if str(one.pk) == shown_id] or people[:1]
    return Look(
        total=will + sum(counts.values()),
        will=will,
        later=[share for code, share in shares if code not in _NEVER],
        never=[share for code, share in shares if code in _NEVER],
        findings=findings_of(written_of(mailing.version), ids, seen_by=as_seen_by.actor),
        people=people,
        chosen=chosen[0] if chosen else None,
        is_at_most=bool(hidden),
        left_out=left_out_count(mailing),
    )


def _counts(mailing: Mailing, ids: "QuerySet[Any, Any]", needed: Sequence[str]) -> Counter[str]:
    """How many each verdict is for; whoever would leave, and lacks what the text says, does not."""
    now = clock.now()
    counts = counts_by_verdict(mailing.channel, mailing.purpose, now, ids)
    asked = (lacking_of(name) for name in needed)
    lacks = [Q(pk__in=found.order_by().values("pk")) for found in asked if found is not None]
    without = ids.filter(reduce(or_, lacks)) if lacks else ids.none()
    # The gate is asked about few: most know of everybody what a text says, or nearly so.
    if without.exists():
        of_them = counts_by_verdict(mailing.channel, mailing.purpose, now, without)
        for code in of_them.keys() - NO:
            counts[MISSING] += of_them[code]
            counts[code] -= of_them[code]
    return +counts


def _says(code: str) -> str:
    if code == MISSING:
        return _(
            "The text says something of them that is not known. Say in it what stands there"
            " instead, or leave that out."
        )
    return sentence_of(code)


def time_left(seconds: int | None) -> str:
    """How long it will take, as roughly as it is known."""
    if seconds is None:
        return ""
    if seconds < 90:
        return _("about a minute left")
    minutes = round(seconds / 60)
    if minutes < 90:
        return _("about %(count)s minutes left") % {"count": minutes}
    return _("about %(count)s hours left") % {"count": round(minutes / 60)}
