"""Giving a customer to a colleague: who may have them, the line on the other list, the way back."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from regulars.core.actor import HELPER, Actor
from regulars.core.errors import NotAllowed
from regulars.customers.actions.assigning import assign_customers
from regulars.customers.models import Assignment, Customer
from regulars.planning.ahead import may_be_given
from regulars.planning.choices import ItemState
from regulars.planning.errors import AlreadySettled, CannotHandOver
from regulars.planning.models import Plan, PlanItem
from regulars.planning.rules import may_hand_over_for_good
from regulars.planning.words import until_words
from regulars.team.absences import away_on
from regulars.team.choices import Role
from regulars.team.models import Member
from regulars.team.queries import minutes_on, the_named_business

# More at once is a change of hands, which has a page of its own.
MOST_MOVED = 200


def check_hand_over(item: PlanItem, to: Member, *, for_good: bool, by: Actor) -> None:
    if for_good and not may_hand_over_for_good(by):
        raise NotAllowed(_("Only an owner or a manager changes who looks after a customer."))
    is_able = to.is_active and to.role != Role.VIEWER and to.pk != item.plan.member_id
    if not is_able:
        raise CannotHandOver(
            _("%(name)s cannot take a customer over.") % {"name": to.name},
            _("Choose a colleague who looks after customers."),
        )
    away = away_on(item.plan.day).get(to.pk)
    if away is not None and not for_good:
        raise CannotHandOver(
            _("%(name)s is away until %(until)s.")
            % {"name": to.name, "until": until_words(away.ends_on, item.plan.day)},
            _("Choose a colleague who is here."),
        )
    if to.role == HELPER and not for_good and item.customer.manager_id != to.pk:
        raise CannotHandOver(
            _("%(name)s sees only the customers they look after.") % {"name": to.name},
            _("Hand over “from now on”, or choose another colleague."),
        )


@transaction.atomic
def even_out(
    giver: Member, taker: Member, *, count: int, until: date, by: Actor, at: datetime
) -> Assignment:
    """Give so many of one member's customers who come due soon to a colleague, from now on.

    Those whom they know least, never the core, and nobody who stands on today's list already.
    """
    if not may_hand_over_for_good(by):
        raise NotAllowed(_("Only an owner or a manager changes who looks after a customer."))
    if not taker.is_active or taker.role == Role.VIEWER or taker.pk == giver.pk:
        raise CannotHandOver(
            _("%(name)s cannot take a customer over.") % {"name": taker.name},
            _("Choose a colleague who looks after customers."),
        )
    begun = PlanItem.objects.of_day(the_named_business().day_of(at)).exclude(
        state=ItemState.WAITING
    )
    theirs = may_be_given(until).filter(customer__manager=giver)
    known_least = theirs.exclude(customer__in=begun.values("customer")).order_by(
        F("customer__clock__last_personal_at").asc(nulls_first=True), "due_on", "pk"
    )
    ids = list(known_least.values_list("pk", flat=True)[: min(count, MOST_MOVED)])
    if not ids:
        raise CannotHandOver(
            _("Nobody of theirs can be given away."),
            _("Their core customers, and those on today's list, stay with them."),
        )
    return assign_customers(Customer.objects.filter(pk__in=ids), taker, by=by, at=at)


@transaction.atomic
def free_lists_of(member_ids: Collection[int], day: date) -> int:
    """Somebody is away after all: what they meant to do later today is open to others again.

    Whom a colleague had handed over to them goes back to that colleague's list.
    """
    items = PlanItem.objects.of_day(day).filter(plan__member__in=list(member_ids))
    later = items.filter(state=ItemState.SNOOZED, until=day)
    count = later.update(state=ItemState.OPEN, until=None, handed_by=None, before={})
    handed = items.filter(state=ItemState.OPEN).exclude(handed_by=None)
    whom = list(handed.values_list("customer", flat=True))
    from_others = PlanItem.objects.of_day(day).filter(
        state=ItemState.HANDED_OVER, handed_to__in=list(member_ids), customer__in=whom
    )
    handed.delete()
    return count + from_others.update(
        state=ItemState.OPEN, handed_to=None, settled_at=None, before={}
    )


def put_on_list_of(to: Member, item: PlanItem, *, by: Actor, at: datetime) -> int | None:
    """The copy on the colleague's list; None where the customer is on it already."""
    day = item.plan.day
    plan, _made = Plan.objects.get_or_create(
        member=to, day=day, defaults={"minutes": minutes_on(to.pk, day), "made_at": at}
    )
    if plan.items.filter(customer_id=item.customer_id).exists():
        return None
    copied = ("customer_id", "channel", "purpose", "minutes", "reason", "values", "stake_minor",
              "due_on", "last_touch_on")  # fmt: skip
    last = plan.items.exclude(state=ItemState.WAITING).aggregate(last=Max("position"))["last"]
    handed = PlanItem.objects.create(
        plan=plan,
        position=(last or 0) + 1,
        handed_by_id=by.member_id or item.plan.member_id,
        **{name: getattr(item, name) for name in copied},
    )
    return handed.pk


def take_from_list(item_id: int | None) -> None:
    if item_id is None:
        return
    handed = PlanItem.objects.select_for_update().filter(pk=item_id).first()
    if handed is None:
        return
    if handed.state != ItemState.OPEN:
        raise AlreadySettled(
            _("Your colleague has acted on this one already."),
            _("Ask them to take their action back first."),
        )
    handed.delete()


def give_back(item: PlanItem, manager_id: int | None, *, by: Actor, at: datetime) -> None:
    if item.customer.manager_id == manager_id:
        return
    manager = Member.objects.get(pk=manager_id) if manager_id else None
    assign_customers(Customer.objects.filter(pk=item.customer_id), manager, by=by, at=at)
