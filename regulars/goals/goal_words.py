"""Goals in sentences: for whom, how far, what was answered."""

from collections.abc import Sequence
from datetime import date, timedelta

from babel.dates import format_date
from django.utils.translation import get_language, ngettext, to_locale
from django.utils.translation import gettext as _

from regulars.core.templatetags.look import day_words, number, percent
from regulars.goals.choices import Answer, Counts, Place, Whom
from regulars.goals.models import Goal, Progress
from regulars.goals.reckoning import month_after
from regulars.goals.words import amount, exact
from regulars.insight.choices import Tier
from regulars.insight.plates.plate import month_words


def group_words(goal: Goal) -> str:
    """“Core customers”, “Customers in Devon”, “Bread”; “Sold by Nora”, “Bread, sold by Nora”."""
    if goal.counts != Counts.SOLD or goal.manager is None:
        return _of_group(goal)
    if goal.whom == Whom.EVERYBODY:
        return _("Sold by %(name)s") % {"name": goal.manager.name}
    return _("%(group)s, sold by %(name)s") % {
        "group": _of_group(goal), "name": goal.manager.name
    }  # fmt: skip


def _of_group(goal: Goal) -> str:
    if goal.whom == Whom.TIER:
        return _("%(tier)s customers") % {"tier": str(Tier(goal.tier).label)}
    if goal.whom == Whom.SEGMENT and goal.segment:
        return goal.segment.name
    if goal.place_kind == Place.AREA:
        return _("Sold in %(place)s") % {"place": goal.place}
    if goal.whom == Whom.REGION:
        return _("Customers in %(place)s") % {"place": goal.place}
    if goal.whom == Whom.GOODS and goal.goods:
        return goal.goods.name
    return _("All customers")


def period_words(first: date, last: date) -> str:
    """“November 2026”, “October to December 2026”, “2026”, or from a day until another."""
    ends = last + timedelta(days=1)
    if first.day != 1 or ends.day != 1:
        return _("%(first)s to %(last)s") % {"first": day_words(first), "last": day_words(last)}
    if month_after(first, 1) == ends:
        return month_words(first)
    if (first.month, month_after(first, 12)) == (1, ends):
        return str(first.year)
    begins = month_words(first) if first.year != last.year else _month(first)
    return _("%(first)s to %(last)s") % {"first": begins, "last": month_words(last)}


def _month(first: date) -> str:
    return str(format_date(first, "LLLL", locale=to_locale(get_language() or "en")))


def what(goal: Goal) -> str:
    """“Core customers: £4,000 in November 2026”."""
    return _("%(group)s: %(amount)s in %(period)s") % {
        "group": group_words(goal), "amount": amount(goal.amount_minor, goal.currency),
        "period": period_words(goal.from_on, goal.until_on),
    }  # fmt: skip


def answer_words(goal: Goal, *, is_orphaned: bool) -> str:
    """Whose it is, and what they said."""
    if goal.manager is None:
        return _("Nobody has it yet.")
    name = goal.manager.name
    if is_orphaned:
        return _("%(name)s is gone or only looks on: give it to somebody else.") % {"name": name}
    if goal.answer == Answer.ACCEPTED:
        return _("%(name)s has taken it on.") % {"name": name}
    if goal.answer == Answer.RETURNED:
        return _("%(name)s handed it back.") % {"name": name}
    return _("Offered to %(name)s, who has not answered yet.") % {"name": name}


def counts_words(goal: Goal) -> str:
    """Which orders count."""
    if goal.whom == Whom.GOODS:
        return _goods_counted(goal)
    if goal.counts == Counts.OWN and goal.manager is not None:
        return _("Counted is what customers buy whom %(name)s looks after.") % {
            "name": goal.manager.name
        }
    if goal.counts == Counts.SOLD and goal.manager is not None:
        return _("Counted is what %(name)s sold, whoever bought it.") % {"name": goal.manager.name}
    if goal.place_kind == Place.AREA:
        return _("Counted is what was sold by those who sell in %(place)s, whoever bought it.") % {
            "place": goal.place
        }
    return _("Counted is all that they buy, whoever looks after them.")


def _goods_counted(goal: Goal) -> str:
    if goal.counts == Counts.OWN and goal.manager is not None:
        return _("Counted is what customers buy of it whom %(name)s looks after.") % {
            "name": goal.manager.name
        }
    if goal.counts == Counts.SOLD and goal.manager is not None:
        return _("Counted is what %(name)s sold of it, whoever bought it.") % {
            "name": goal.manager.name
        }
    return _("Counted is all that is sold of it, whoever buys it.")


def exact_words(goal: Goal) -> str:
    """“£1,240.50 in 12 orders so far.”: what stands in the books, to the penny."""
    found = progress_of(goal)
    if found is None or not found.orders:
        return ""
    return ngettext(
        "%(sold)s in %(count)s order so far.", "%(sold)s in %(count)s orders so far.", found.orders
    ) % {"sold": exact(found.sold_minor, goal.currency), "count": number(found.orders)}


def progress_of(goal: Goal) -> Progress | None:
    """How far it is, where that was counted."""
    return getattr(goal, "progress", None)


def share_of(goal: Goal) -> float:
    found = progress_of(goal)
    return max(0.0, found.sold_minor / goal.amount_minor) if found else 0.0


def far_words(goal: Goal, today: date, currency: str) -> str:
    """“£1,240 of £4,000, 31 %; 6 days are left.”"""
    found = progress_of(goal)
    if today < goal.from_on:
        return _("It begins %(day)s.") % {"day": day_words(goal.from_on)}
    if goal.currency != currency:
        return _("It was set in %(told)s and cannot be counted in %(currency)s: set it anew.") % {
            "told": goal.currency, "currency": currency,
        }  # fmt: skip
    if found is None:
        return _("It is being counted.")
    places = {
        "sold": amount(found.sold_minor, goal.currency),
        "goal": amount(goal.amount_minor, goal.currency), "share": percent(share_of(goal)),
    }  # fmt: skip
    said = _("%(sold)s of %(goal)s, %(share)s") % places
    if today > goal.until_on:
        how = _("reached") if found.sold_minor >= goal.amount_minor else _("not reached")
        return _("%(said)s; %(how)s.") % {"said": said, "how": how}
    days = (goal.until_on - today).days
    left = ngettext("%(days)s day is left", "%(days)s days are left", days) % {"days": number(days)}
    return _("%(said)s; %(left)s.") % {"said": said, "left": left}


def ahead_share(goal: Goal) -> float:
    """How much more of the goal is likely to come."""
    found = progress_of(goal)
    if found is None or found.middle_minor is None:
        return 0.0
    return max(
        0.0, min(1 - share_of(goal), (found.middle_minor - found.sold_minor) / goal.amount_minor)
    )


def heading_of(goal: Goal, today: date) -> str:
    """Where it is heading: reached, sure, open, behind; nothing where nobody can tell.

    Behind is what the band says, and never a day that fell short: of ten bands, eight hold.
    """
    found = progress_of(goal)
    if found is None or today < goal.from_on or today > goal.until_on:
        return ""
    if found.sold_minor >= goal.amount_minor:
        return "reached"
    if found.low_minor is None or found.high_minor is None:
        return ""
    if found.high_minor < goal.amount_minor:
        return "behind"
    return "sure" if found.low_minor >= goal.amount_minor else "open"


def pace_words(goal: Goal, today: date) -> str:
    """“At the season's pace £3,200 would be in by now.”"""
    found = progress_of(goal)
    if found is None or not goal.from_on <= today <= goal.until_on:
        return ""
    return _("At an even pace, by season and days open, %(due)s would be in by tonight.") % {
        "due": amount(found.due_minor, goal.currency)
    }


def ahead_words(goal: Goal, today: date) -> str:
    """Where it will end, and what that means for the goal."""
    found, heading = progress_of(goal), heading_of(goal, today)
    if found is None or not goal.from_on <= today <= goal.until_on:
        return ""
    if heading == "reached":
        return _("It is reached.")
    if found.low_minor is None or found.high_minor is None:
        return _("Where it will end cannot be told yet: that takes ten weeks of orders and more.")
    said = _("It will end between %(low)s and %(high)s, 8 times in 10.") % {
        "low": amount(found.low_minor, goal.currency),
        "high": amount(found.high_minor, goal.currency),
    }  # fmt: skip
    means = {
        "behind": _("%(said)s That is below the goal: something has to happen."),
        "sure": _("%(said)s That is enough."),
        "open": _("%(said)s Whether that is enough cannot be told yet."),
    }[heading]
    return means % {"said": said}


def gap_words(goal: Goal, sums: Sequence[int]) -> str:
    """What the calls would bring, beside what is missing."""
    found = progress_of(goal)
    if found is None or not sums:
        return ""
    gap, total = goal.amount_minor - found.sold_minor, sum(sums)
    places = {
        "count": number(len(sums)), "gap": amount(gap, goal.currency),
        "total": amount(total, goal.currency),
    }  # fmt: skip
    if total >= gap:
        return ngettext(
            "%(gap)s are missing. If this customer buys once as usual, the gap is closed.",
            "%(gap)s are missing. If these %(count)s customers each buy once as they usually do,"
            " the gap is closed.", len(sums),
        ) % places  # fmt: skip
    return ngettext(
        "%(gap)s are missing. This customer is due before it ends; one usual purchase brings"
        " %(total)s of it.",
        "%(gap)s are missing. These %(count)s customers are due before it ends; one usual purchase"
        " of each brings %(total)s of it.", len(sums),
    ) % places  # fmt: skip
