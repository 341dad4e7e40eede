"""Whether the sample business is here, and what would stay without it."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from regulars.core.models import AuditEntry, Job
from regulars.customers.models import Customer, CustomerQuerySet, Household
from regulars.demo.scene import SOURCE, Scene
from regulars.orders.models import Order
from regulars.team.models import Business, Member
from regulars.team.queries import the_business

LOADED, REMOVED = "loaded", "removed"


def the_loading() -> AuditEntry | None:
    """When and for which day the sample business was brought in, if it is here."""
    entries = AuditEntry.objects.filter(thing=SOURCE, verb__in=(LOADED, REMOVED))
    last = entries.order_by("-id").first()
    return last if last is not None and last.verb == LOADED else None


def demo_jobs() -> QuerySet[Job]:
    return Job.objects.filter(name__in=("demo.load", "demo.remove"))


def demo_job_under_way() -> Job | None:
    """The loading or removing that is not over yet: a second click joins it."""
    open_states = (Job.State.WAITING, Job.State.RUNNING)
    return demo_jobs().filter(state__in=open_states).order_by("id").first()


def sample_customers() -> CustomerQuerySet:
    """Customers of the sample alone: nothing that came from elsewhere hangs on them."""
    own = ~Q(source=SOURCE)
    elsewhere = Order.objects.filter(own).values("customer_id")
    return Customer.objects.filter(source=SOURCE).exclude(
        pk__in=elsewhere.filter(customer__isnull=False)
    )


def has_customers_of_its_own() -> bool:
    return Customer.objects.exclude(source=SOURCE).exists()


def has_anything_of_its_own() -> bool:
    """Whether people, customers or orders stand here that did not come with the sample."""
    return any(
        rows.exclude(source=SOURCE).exists()
        for rows in (
            Member.objects.all(), Customer.objects.all(), Order.objects.all(),
            Household.objects.all(),
        )
    )  # fmt: skip


def today_of_the_sample(at: datetime) -> date:
    """The day on which the sample would be loaded: here, or by the sea at Ambley."""
    business = the_business()
    zone = business.time_zone if business else Scene(at.date()).zone
    return at.astimezone(ZoneInfo(zone)).date()


def is_business_of_the_sample() -> bool:
    return Business.objects.filter(pk=1, is_sample=True).exists()
