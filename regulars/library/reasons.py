"""Why to get in touch: an article on the shelf is new, and fits what somebody cares about."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.core.reasons import Line, ReasonDay, ReasonSource, Told, register_source
from regulars.library.blocking import without_open_matters
from regulars.library.models import Fit, Share
from regulars.library.rules import BOUGHT, SAID
from regulars.library.sentences import line_for, why_it_fits

# An article is a reason for so long after it was added; later it waits on the customer's page.
NEW_FOR = timedelta(days=28)
# Nobody gets two articles within so long, nor one right after we were in touch.
NO_OTHER_WITHIN = timedelta(days=60)
SILENT_FOR = timedelta(days=14)


def fitting_articles(asked: ReasonDay) -> "QuerySet[Any, Any]":
    """Whom a new article fits, who had no other lately, and whom we have left in peace a while."""
    lately = Share.objects.filter(
        customer=OuterRef("customer"), shared_at__gte=asked.begins_at - NO_OTHER_WITHIN
    )
    silent = Q(customer__clock=None) | Q(
        customer__clock__last_touch_at__lt=asked.begins_at - SILENT_FOR
    )
    rows = Fit.objects.filter(
        silent, ~Exists(lately), article__archived_at=None,
        article__created_at__gte=asked.begins_at - NEW_FOR,
    ).filter(Q(article__true_until=None) | Q(article__true_until__gte=asked.day))  # fmt: skip
    open_to: QuerySet[Any, Any] = without_open_matters(rows, asked.begins_at)
    return open_to.order_by().values(
        "customer_id", overdue=F("score"), due_on=F("found_on"), subject=Cast("pk", CharField())
    )


def describe(subjects: Collection[str]) -> Mapping[str, Told]:
    """Which article, why it fits, and the line to say."""
    found = Fit.objects.filter(pk__in=[int(one) for one in subjects])
    return {str(fit.pk): _told(fit) for fit in found.select_related("article")}


def _told(fit: Fit) -> Told:
    why = why_it_fits(fit)
    lines = (
        Line(line_for(fit), why),
        Line(_("Send it, or tell them of it; then ask what they made of the last one.")),
        Line(_("Nothing to sell today: this one is for them.")),
    )
    sentence = _("“%(title)s” is for them. %(why)s") % {"title": fit.article.title, "why": why}
    page = reverse("library:share", args=[fit.article_id, fit.customer_id])
    return Told(sentence, lines, page, _("Share the article"))


register_source(
    ReasonSource(
        name="article_fits", purpose="educate", urgency=0.6, rows=fitting_articles,
        describe=describe, listed=(*SAID, *BOUGHT),
    )
)  # fmt: skip
