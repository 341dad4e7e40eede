"""Trials and what they say, for reading."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from regulars.verdicts.choices import Word
from regulars.verdicts.errors import TrialNotFound
from regulars.verdicts.models import Policy, Trial, Verdict
from regulars.verdicts.pooling import Part, Pooled, pooled

SIZE = 25


@dataclass(frozen=True, slots=True)
class Together:
    """Everything that is over, together: buying (as a share of one) and money (minor units)."""

    word: Word
    rate: Pooled
    money: Pooled | None
    helped: int
    hurt: int


def leaves_out_by_default() -> bool:
    """Whether some are left out of what may be withheld, unless somebody says otherwise."""
    return not Policy.objects.filter(by_default=False).exists()


def trials_drawn() -> "QuerySet[Trial]":
    """Trials of which the lot has fallen, newest first, with their looks."""
    drawn = Trial.objects.filter(drawn_at__isnull=False).order_by("-begins_on", "-pk")
    return drawn.prefetch_related("verdicts")


def trial_shown(trial_id: int) -> Trial:
    trial = trials_drawn().filter(pk=trial_id).first()
    if trial is None:
        raise TrialNotFound
    return trial


def trial_of(occasion: str) -> Trial | None:
    return Trial.objects.filter(occasion=occasion).first()


def looks_at(trial: Trial) -> list[Verdict]:
    """What each look said, the last one first."""
    return sorted(trial.verdicts.all(), key=lambda one: -one.look)


def latest_of(trial: Trial) -> Verdict | None:
    """What the last look said; None before the first."""
    looks = looks_at(trial)
    return looks[0] if looks else None


def verdicts_together(as_of: date | None = None) -> Together | None:
    """What all acts whose window is over did together, in the order in which they ended."""
    last = Verdict.objects.filter(is_last=True).order_by("as_of", "trial_id")
    over = list(last if as_of is None else last.filter(as_of__lte=as_of))
    rate = pooled(_parts([one.rate for one in over]))
    if rate is None:
        return None
    return Together(
        _word_of(rate),
        rate,
        pooled(_parts([one.money for one in over])),
        sum(one.word == Word.HELPED for one in over),
        sum(one.word == Word.HURT for one in over),
    )


def _parts(found: Sequence[dict[str, float]]) -> list[Part]:
    return [
        Part(one["difference"], one["variance"], int(one["got_count"]), int(one["left_count"]))
        for one in found
        if one
    ]


def _word_of(effect: Pooled) -> Word:
    if effect.low > 0:
        return Word.HELPED
    return Word.HURT if effect.high < 0 else Word.CANNOT_TELL
