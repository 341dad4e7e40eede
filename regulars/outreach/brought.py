"""What a campaign brought, in sentences: margin, not revenue, and never more than is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from regulars.core.money import Money
from regulars.core.templatetags.look import money, number
from regulars.outreach.choices import Means
from regulars.outreach.models import Campaign, Learned
from regulars.verdicts.choices import Word
from regulars.verdicts.models import Verdict


@dataclass(frozen=True, slots=True)
class Said:
    """The verdict in a sentence, what it rests on, and who would have bought anyway."""

    heading: str
    lines: list[str]
    word: str = Word.CANNOT_TELL


def brought_words(campaign: Campaign, learned: Learned | None, look: Verdict | None) -> Said:
    """What is known of it, once it was approved."""
    if look is None:
        return Said(_too_early(campaign), [])
    if learned is None:
        return Said(
            _("What it brought cannot be told: nobody has said what the goods cost."),
            [_("Enter margins at Break-even; then it is told from the next count on."),
             *anyway_words(look)],
        )  # fmt: skip
    return Said(_heading(learned), [*_details(learned), *anyway_words(look)], learned.word)


def _too_early(campaign: Campaign) -> str:
    if campaign.means == Means.CALL:
        return _("Nobody knows what it brought: of calls nobody is left out.")
    return _("Nothing can be said yet of what it brought.")


def no_lot_words() -> Said:
    """Nobody was left out: what would have been bought anyway, nobody knows."""
    return Said(
        _("Nobody can tell what it brought: nobody was left out by lot."),
        [_("What customers bought since says nothing: some of them would have bought anyway, and"
           " how many, nobody knows.")],
    )  # fmt: skip


def _heading(learned: Learned) -> str:
    found = learned.margin
    if learned.word == Word.CANNOT_TELL or not found:
        said = _("Cannot tell whether it was worth it.")
        so_far = _("Cannot tell yet whether it is worth it.")
        return said if learned.is_last else so_far
    each = {"each": _each(abs(found["difference"]), learned.currency)}
    if learned.word == Word.HELPED:
        said = _("It was worth it: it brought about %(each)s of margin a customer.")
        so_far = _("It is worth it so far: about %(each)s of margin a customer.")
    else:
        said = _("It cost more than it brought: about %(each)s of margin a customer.")
        so_far = _("So far it costs more than it brings: about %(each)s of margin a customer.")
    return (said if learned.is_last else so_far) % each


def _details(learned: Learned) -> list[str]:
    found: Mapping[str, Any] = learned.margin
    if found.get("given_minor", 0) is None:
        return [
            _("What was given away cannot be told: the offer takes a share of a price that nobody"
              " has written down. Write the price into it; then it is told from the next count on.")
        ]  # fmt: skip
    if "difference" not in found:
        return [_("Too few were left out to compare anything.")]
    if found["low"] is None or found["high"] is None:
        return [_("So few bought that nothing follows from it.")]
    currency = learned.currency
    places = {"low": _each(found["low"], currency), "high": _each(found["high"], currency)}
    lines = [
        _("For each who was meant to get it, the margin that it added lies between %(low)s and"
          " %(high)s; what it gave them is taken off.") % places
    ]  # fmt: skip
    all_of_them = {
        "count": number(found["got_count"]),
        "low": _each(found["low"] * found["got_count"], currency),
        "high": _each(found["high"] * found["got_count"], currency),
    }
    lines.append(
        _("For all %(count)s of them together that is between %(low)s and %(high)s.") % all_of_them
    )
    if found["given_minor"]:
        lines.append(
            _("It gave away %(given)s beyond what the orders show.")
            % {"given": _each(found["given_minor"], currency)}
        )
    return lines


def anyway_words(look: Verdict) -> list[str]:
    """How many of those who bought would have bought without it: as many as of those left out."""
    found = look.rate
    if not found or found["low"] is None or found["high"] is None:
        return []
    count, mean = found["got_count"], found["got_mean"]
    bought = round(count * mean)
    if not bought:
        return [_("Nobody who was meant to get it has bought since.")]

    def without(effect: float) -> int:
        return round(float(count * min(mean, max(0.0, mean - effect))))

    places = {
        "bought": number(bought), "count": number(count),
        "anyway": number(without(found["difference"])), "low": number(without(found["high"])),
        "high": number(without(found["low"])),
    }  # fmt: skip
    return [
        _("%(bought)s of the %(count)s who were meant to get it bought. About %(anyway)s of them"
          " would have bought anyway, surely between %(low)s and %(high)s; what those brought does"
          " not count.") % places
    ]  # fmt: skip


def _each(minor: float, currency: str) -> str:
    return str(money(Money(round(minor), currency)))
