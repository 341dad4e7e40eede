"""Whom each article fits, found in the background."""

from datetime import datetime
from typing import Any

from regulars.core.jobs import RunningJob, job
from regulars.library.actions.articles import FIT_JOB, find_fits
from regulars.library.models import Article, Fit
from regulars.library.reasons import NEW_FOR
from regulars.team.queries import the_business


@job(FIT_JOB)
def fit(running: RunningJob, at: datetime) -> dict[str, Any]:
    """Find whom one article fits."""
    article = Article.objects.filter(pk=int(running.arguments["article_id"])).first()
    return {"fits": _fit(article, at) if article else 0}


@job("library.fit_new")
def fit_new(running: RunningJob, at: datetime) -> dict[str, Any]:
    """Find anew whom the articles fit that are still a reason; those put away fit nobody."""
    business = the_business()
    shelf = Article.objects.on_the_shelf()
    # Older ones keep whom they fit: somebody may still write to all of them.
    kept = shelf.true_on(business.day_of(at)) if business else shelf
    Fit.objects.exclude(article__in=kept).delete()
    fresh = shelf.filter(created_at__gte=at - NEW_FOR)
    count = 0
    for article in fresh.order_by("pk"):
        count += _fit(article, at)
        running.progress(count)
    return {"fits": count}


def _fit(article: Article, at: datetime) -> int:
    business = the_business()
    return find_fits(article, at=at, today=business.day_of(at)) if business else 0
