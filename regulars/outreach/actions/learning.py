"""Working out what campaigns brought, in margin, once a look at their lots was taken."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction

from regulars.core import audit
from regulars.core.actor import SYSTEM
from regulars.outreach.margins import Margins, brought_since, margin_effect, margins_now
from regulars.outreach.models import Campaign, Learned
from regulars.outreach.queries.campaigns import mailings_of
from regulars.team.queries import the_named_business
from regulars.verdicts.drawing import seed_of
from regulars.verdicts.models import Trial, Verdict
from regulars.verdicts.queries import latest_of


def learn_what_they_brought(*, at: datetime) -> int:
    """Say of each campaign with a lot what it brought; what was said before is replaced.

    Nothing is said of margin where Break-even does not tell it.
    """
    margins = margins_now()
    if margins is None:
        return 0
    campaigns = list(
        Campaign.objects.filter(approved_at__isnull=False).select_related("wave__offer", "letter")
    )
    mailings = mailings_of(campaigns)
    occasions = {mailing.occasion: pk for pk, mailing in mailings.items()}
    trials = Trial.objects.filter(occasion__in=list(occasions), drawn_at__isnull=False)
    known = dict(Learned.objects.values_list("campaign", "counted_at"))
    by_id = {one.pk: one for one in campaigns}
    count = 0
    for trial in trials.prefetch_related("verdicts"):
        campaign, look = by_id[occasions[trial.occasion]], latest_of(trial)
        if look is None or not _is_newer(look, known.get(campaign.pk)):
            continue
        _learn(campaign, trial, look, margins, at)
        count += 1
    return count


def _is_newer(look: Verdict, counted_at: datetime | None) -> bool:
    return counted_at is None or look.counted_at > counted_at


def _learn(campaign: Campaign, trial: Trial, look: Verdict, margins: Margins, at: datetime) -> None:
    currency = the_named_business().currency
    brought = brought_since(campaign, trial, margins, until=look.as_of, currency=currency)
    # The same chance as the look at buying had: of all looks together one in twenty is wrong.
    found = margin_effect(
        brought.least, brought.most, alpha=look.alpha, seed=seed_of(f"{trial.seed}/{look.look}")
    )
    told: dict[str, Any] = {"given_minor": brought.given_minor}
    if brought.is_given_unknown:
        # Without what it gave, what it brought would look better than it was.
        told, found = {"given_minor": None}, None
    elif found is not None:
        told |= asdict(found)
    with transaction.atomic():
        learned, _made = Learned.objects.update_or_create(
            campaign=campaign,
            defaults={
                "trial": trial, "look": look.look, "is_last": look.is_last, "as_of": look.as_of,
                "alpha": look.alpha, "word": found.word if found else "cannot", "margin": told,
                "currency": currency, "counted_at": max(at, look.counted_at),
            },
        )  # fmt: skip
        audit.record("learned of", learned, by=SYSTEM, at=at, word=learned.word, look=look.look)
