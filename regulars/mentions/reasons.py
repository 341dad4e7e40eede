"""What a customer said in public and nobody has answered is a reason to get in touch."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Case, CharField, Exists, FloatField, OuterRef, QuerySet, Value, When
from django.db.models.functions import Cast, Concat, TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.cases.models import Case as Complaint
from regulars.core import clock
from regulars.core.reasons import Line, ReasonDay, ReasonSource, Told, register_source
from regulars.mentions.models import Mention
from regulars.mentions.rules import LISTED
from regulars.mentions.words import state_words

# Others read along: it weighs a little more than what only we and the customer know.
URGENCY = 1.8
LATE = 2.0


def unanswered(asked: ReasonDay) -> QuerySet[Mention, Any]:
    """Whoever said in public what waits for us; who waits in its case is there already."""
    own = Complaint.objects.waiting().filter(
        source=Concat(Value("mention:"), Cast(OuterRef("pk"), CharField()))
    )
    rows = Mention.objects.waiting().filter(customer__isnull=False).exclude(Exists(own))
    return rows.order_by().values(
        "customer_id",
        overdue=Case(
            When(due_at__lt=asked.begins_at, then=Value(LATE)), default=Value(1.0),
            output_field=FloatField(),
        ),
        due_on=TruncDate("said_at", tzinfo=asked.zone),
        subject=Cast("pk", CharField()),
    )  # fmt: skip


def describe(subjects: Collection[str]) -> Mapping[str, Told]:
    now = clock.now()
    found = Mention.objects.filter(pk__in=[int(one) for one in subjects])
    return {str(one.pk): _told(one, how=state_words(one, now), is_bad=one.is_bad) for one in found}


def _told(one: Mention, *, how: str, is_bad: bool) -> Told:
    page, words = reverse("mentions:show", args=[one.pk]), _("See what they said")
    if not one.is_waiting:
        return Told(_("They spoke about us in public. That is answered."), (), page, words)
    why = _("They spoke about us in public on %(site)s; %(how)s.") % {"site": one.site, "how": how}
    lines = [Line(one.words[:300], hint=_("in their words"))] if one.words else []
    if is_bad:
        lines.append(Line(_("Say that you read it, and ask what would put it right.")))
    else:
        lines.append(Line(_("Thank them: they told others.")))
    lines.append(Line(_("Answer it where it stands, too, in words of your own.")))
    return Told(why, tuple(lines), page, words)


register_source(
    ReasonSource(
        name="mention_waiting", purpose="serve", urgency=URGENCY, rows=unanswered,
        describe=describe, listed=LISTED, label=gettext_lazy("They spoke about us in public"),
    )
)  # fmt: skip
