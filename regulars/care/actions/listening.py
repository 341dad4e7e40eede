"""What nobody pressed a button for: bad answers that came in files, and silence that says much."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from regulars.care.actions.answers import case_words
from regulars.care.choices import CheckInState, WayWhy
from regulars.care.models import Answer, CheckIn
from regulars.care.queries.answers import answer_rules
from regulars.cases.actions import open_case
from regulars.cases.choices import CaseKind
from regulars.cases.models import Case
from regulars.core.actor import SYSTEM
from regulars.customers.models import Customer
from regulars.insight.choices import Tier
from regulars.insight.queries import of_tier
from regulars.team.queries import the_business

# In one short transaction: others who write are let in between.
TOGETHER = 20
# A silence that began longer ago is an old story.
OLDEST = timedelta(days=60)


def read_answers(*, at: datetime) -> int:
    """Look at answers that files brought and that are no history; bad ones become cases.

    Returns how many cases; safe to run again, for each is looked at and let go in one transaction.
    """
    opened, rules = 0, answer_rules()
    while True:
        with transaction.atomic():
            unread = Answer.objects.filter(is_unread=True).order_by("pk")[:TOGETHER]
            rows = list(unread.select_related("customer", "order", "check_in"))
            for one in rows:
                if one.customer.archived_at is None and (what := case_words(one, rules)):
                    open_case(
                        one.customer, what=what, kind=CaseKind.COMPLAINT, source=one.case_source,
                        by=SYSTEM, at=at, order=one.order, received_at=one.said_at,
                        product=one.check_in.product if one.check_in else "",
                    )  # fmt: skip
                    opened += 1
            Answer.objects.filter(pk__in=[one.pk for one in rows]).update(is_unread=False)
        if not rows:
            return opened


def hear_silence(*, at: datetime) -> int:
    """Core customers to whom something came late, and of whom we hear nothing, become cases: those
    who were asked, and those whom nobody got round to calling.

    Once for each check-in, and for nobody whose case is open. Returns how many cases.
    """
    business, rules = the_business(), answer_rules()
    if business is None or rules.silence_days is None:
        return 0
    today = business.day_of(at)
    core = of_tier(Customer.objects.on_the_list(), Tier.CORE)
    unheard = Q(state__in=[CheckInState.ASKED, CheckInState.SILENT]) | Q(
        state=CheckInState.DROPPED, why=WayWhy.NOT_CALLED
    )
    silent = CheckIn.objects.filter(
        unheard, is_late=True, answer=None,
        delivered_on__lte=today - timedelta(days=rules.silence_days),
        delivered_on__gt=today - OLDEST, customer__in=core.values("pk"),
    ).exclude(customer__in=Case.objects.waiting().values("customer"))  # fmt: skip
    ids = list(silent.order_by("pk").values_list("pk", flat=True))
    known = _known(ids)
    left = [pk for pk in ids if pk not in known]
    for low in range(0, len(left), TOGETHER):
        with transaction.atomic():
            for one in silent.filter(pk__in=left[low : low + TOGETHER]).select_related("customer"):
                _open(one, at)
    return len(left)


def _known(check_in_ids: list[int]) -> set[int]:
    """Those whose silence was a case before, right again or not."""
    found: set[int] = set()
    for low in range(0, len(check_in_ids), 500):
        sources = [f"checkin:{pk}" for pk in check_in_ids[low : low + 500]]
        told = Case.objects.filter(source__in=sources).values_list("source", flat=True)
        found |= {int(source.partition(":")[2]) for source in told}
    return found


def _open(one: CheckIn, at: datetime) -> None:
    day = date_format(one.delivered_on, "j F")
    what = _("It came late, on %(day)s, and they have not said how it went.")
    if one.state == CheckInState.DROPPED:
        what = _("It came late, on %(day)s; nobody called, and they have not said how it went.")
    open_case(
        one.customer, what=what % {"day": day}, kind=CaseKind.COMPLAINT,
        source=f"checkin:{one.pk}", by=SYSTEM, at=at, product=one.product,
    )  # fmt: skip
