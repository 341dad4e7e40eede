"""Planning in the background: once a day, and when someone asks for it."""

from datetime import date, datetime
from typing import Any

from django.db.models import Max

from regulars.core.actor import SYSTEM
from regulars.core.jobs import RunningJob, job
from regulars.core.pace import Pace
from regulars.customers.models import Customer
from regulars.planning.actions import make_plans
from regulars.planning.agreeing import keep_all_next_contacts
from regulars.planning.coming import keep_bounds, keep_due_days
from regulars.planning.helping import keep_how_often
from regulars.planning.letting_go import let_all_go
from regulars.planning.loads import keep_groups
from regulars.planning.morning import leave_morning_mails, send_morning_mail
from regulars.planning.pressing import put_first
from regulars.planning.terms import stretch
from regulars.team.queries import the_named_business

FIRST_STRETCH = 5_000


@job("planning.make_plans")
def make_the_lists(running: RunningJob, at: datetime) -> dict[str, Any]:
    """Make the lists of a day: `day` (ISO 8601; today), `member_ids` (everybody)."""
    asked = running.arguments.get("day")
    day = date.fromisoformat(asked) if asked else the_named_business().day_of(at)
    made = make_plans(day=day, by=SYSTEM, at=at, member_ids=running.arguments.get("member_ids"))
    # Whoever is new has the day of a first touch now.
    keep_all_next_contacts(at=at)
    gone = let_all_go(day, at=at) if day == the_named_business().day_of(at) else {}
    return {
        "day": day.isoformat(), "plans": made.plan_count, "items": made.item_count,
        "gone": sum(gone.values()), "lost_at_most": round(made.lost, 4),
    }  # fmt: skip


@job("planning.put_first", is_urgent=True)
def put_somebody_first(running: RunningJob, at: datetime) -> dict[str, Any]:
    """Put one customer first on today's list, before all else that is due."""
    item = put_first(running.arguments["customer_id"], at=at)
    return {"item": item.pk if item else None}


@job("planning.next_contacts")
def keep_next_contacts_of_all(running: RunningJob, at: datetime) -> dict[str, Any]:
    """By when each should hear from us, for the list, and how often at most, for the gate."""
    business = the_named_business()
    today, changed = business.day_of(at), 0
    last = Customer.objects.aggregate(last=Max("pk"))["last"] or 0
    for low, high in Pace(FIRST_STRETCH).pieces(1, last):
        changed += keep_due_days(stretch(low, high), business, today)
        keep_bounds(stretch(low, high), business, today)
        running.progress(high, last)
    keep_groups(business, at=at)
    return {"customers": last, "changed": changed}


@job("planning.count_reasons")
def count_reasons(_running: RunningJob, at: datetime) -> dict[str, Any]:
    """How often each reason helped."""
    return {"reasons": keep_how_often(the_named_business().day_of(at))}


@job("planning.morning_mails")
def morning_mails(_running: RunningJob, at: datetime) -> dict[str, Any]:
    """Leave the mails of the day, each for its hour."""
    business = the_named_business()
    return {"left": leave_morning_mails(business, business.day_of(at), at=at)}


@job("planning.morning_mail")
def morning_mail(running: RunningJob, at: datetime) -> dict[str, Any]:
    """One member's list of the day by mail."""
    day = date.fromisoformat(running.arguments["day"])
    return {"sent": send_morning_mail(running.arguments["member_id"], day, at=at)}
