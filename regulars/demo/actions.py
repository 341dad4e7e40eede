"""Bringing the sample business in, and taking it out again."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.care.actions.check_ins import start_check_ins
from regulars.care.actions.delays import learn_delays
from regulars.core import audit, ledgers
from regulars.core.actor import Actor
from regulars.demo.bulletins import write_bulletins
from regulars.demo.care import write_expectations
from regulars.demo.cases import write_cases, write_perks
from regulars.demo.check_ins import ask_after_cakes, write_check_ins
from regulars.demo.consent import decisions, write_consents
from regulars.demo.conversations import contacts, write_touches
from regulars.demo.customers import everyone, write_customers
from regulars.demo.days_gone import write_days_gone
from regulars.demo.departures import write_departures
from regulars.demo.errors import CustomersAreHere, DayToCome
from regulars.demo.goals import offer_goals, write_what_it_costs
from regulars.demo.helping import write_help_requests
from regulars.demo.insight import hold_on_to_ruth
from regulars.demo.intake import bring_a_list_in, forget_the_list
from regulars.demo.knowing import write_what_is_known
from regulars.demo.learning import ask_otherwise, learn, write_what_was_learned
from regulars.demo.library import fill_the_shelf
from regulars.demo.lists import keep_views_and_segments
from regulars.demo.mentions import write_mentions
from regulars.demo.messaging import write_messages
from regulars.demo.notes import write_notes
from regulars.demo.offers import keep_offers
from regulars.demo.orders import sales, write_orders
from regulars.demo.outreach import let_them_help, write_a_campaign
from regulars.demo.personas import Persona
from regulars.demo.planning import (
    agree_with_some,
    choose_texts,
    count_what_helped,
    forget_what_helped,
    hear_more_often,
)
from regulars.demo.prices import write_prices
from regulars.demo.promises import forget_the_pledge, put_the_pledge_out, write_promises
from regulars.demo.queries import (
    LOADED,
    REMOVED,
    has_anything_of_its_own,
    has_customers_of_its_own,
    is_business_of_the_sample,
    the_loading,
    today_of_the_sample,
)
from regulars.demo.reach import write_states
from regulars.demo.recovery import count_who_is_back, keep_a_card, write_down_the_fire
from regulars.demo.relations import write_relations
from regulars.demo.removing import (
    clear_the_list,
    forget_counts_since,
    send_staff_home,
    take_the_sign_down,
)
from regulars.demo.scene import SOURCE, Scene
from regulars.demo.second_cards import leavers, tidy_up
from regulars.demo.team import (
    close_for_fire_and_holidays,
    open_the_bakery,
    plan_a_holiday,
    take_on_staff,
)
from regulars.demo.verdicts import write_a_verdict
from regulars.insight.actions import (
    ask_to_look_back,
    begin_tier_history,
    count_figures,
    refresh_facts,
)
from regulars.planning.actions import make_plans
from regulars.team.models import Business, Member
from regulars.team.queries import the_business

# Days before the day of the scene on which everybody had been counted already.
COUNTED_BEFORE = (84, 42)
Tell = Callable[[int, int, str], None]


def load_demo(*, day: date, by: Actor, at: datetime, tell: Tell | None = None) -> dict[str, object]:
    """Bring in Juniper & Rye, a bakery to look around in, as it stands on a day.

    Asked a second time, it changes nothing. Each part is a transaction of its own, so that the
    server goes on answering; what an interrupted loading left behind is cleared first.
    """
    here = the_loading()
    if here is not None:
        return {**here.detail, "loaded": False}
    _refuse_among_customers()
    _refuse_days_to_come(day, at)
    tell = tell or (lambda _done, _total, _step: None)
    forget_the_list()
    clear_the_list()
    send_staff_home()

    business = the_business() or open_the_bakery(by=by, at=at, scene=Scene(day))
    scene = Scene(day, business.time_zone, business.currency)
    counts = _write_everything(business, scene, by=by, at=at, tell=tell)
    # The sample's noes are written in bulk; else the next start would take them for lost ones.
    ledgers.catch_up(is_expected=True)

    audit.record(LOADED, SOURCE, by=by, at=at, day=day.isoformat(), **counts)
    return {"day": day.isoformat(), **counts, "loaded": True}


def _write_everything(
    business: Business, scene: Scene, *, by: Actor, at: datetime, tell: Tell
) -> dict[str, int]:
    people = everyone(scene)
    till = sales(people, scene)
    said = decisions(people, scene)
    spoken = contacts(people, till, said, scene)
    total = len(people) + len(till) + len(spoken)

    tell(0, total, _("Hanging up the sign"))
    staff = _hang_up_the_sign(business, scene, by=by, at=at)
    ids = write_customers([*people, *leavers(people)], staff, scene, at=at)
    write_relations(people, ids, scene, at=at)
    write_what_is_known(people, ids, scene, at=at)
    tell(len(people), total, _("Writing down two years of orders"))
    write_orders(till, ids, staff, scene, tell=lambda done: tell(len(people) + done, total, ""))
    write_consents(said, ids, staff, scene, at=at)
    write_states(ids, scene)
    write_touches(spoken, ids, staff, scene, at=at)
    write_days_gone(people, till, spoken, ids, staff, scene)
    write_a_verdict(ids, staff, scene, at=at)
    write_messages(ids, staff, scene, at=at)
    _write_what_is_owed(people, ids, staff, scene, at=at)
    hold_on_to_ruth(ids, staff, at=at)
    tidy_up(people, ids, staff, at=at)
    if business.is_sample:
        _as_one_of_ours(ids, staff, scene, by=by, at=at)
    tell(total, total, _("Counting who they are to us"))
    _count(scene.day, by=by, at=at)
    if business.is_sample:
        # A goal is a reason for a call: it stands before the lists are made.
        _for_the_bank_and_the_safe(staff, scene, by=by, at=at)
    tell(total, total, _("Making today's lists"))
    _plan(ids, staff, scene, by=by, at=at)
    bring_a_list_in(people, staff, at=at)
    return {"customers": len(people), "orders": len(till), "touches": len(spoken)}


def _plan(
    ids: Mapping[str, int], staff: Mapping[str, Member], scene: Scene, *, by: Actor, at: datetime
) -> None:
    keep_views_and_segments(scene, by=by, at=at)
    agree_with_some(ids, staff, scene, by=by, at=at)
    make_plans(day=scene.day, by=by, at=at)
    write_a_campaign(staff, scene, at=at)


def _write_what_is_owed(
    people: Sequence[Persona], ids: Mapping[str, int], staff: Mapping[str, Member], scene: Scene,
    *, at: datetime,
) -> None:  # fmt: skip
    write_bulletins(ids, staff, scene, at=at)
    write_promises(ids, staff, scene, at=at)
    write_cases(ids, staff, scene, at=at)
    write_check_ins(ids, staff, scene, at=at)
    write_what_was_learned(ids, staff, scene, at=at)
    write_expectations(people, ids, staff, scene, at=at)
    write_help_requests(ids, staff, scene)
    write_departures(ids, staff, scene)
    write_prices(ids, staff, scene, at=at)
    write_mentions(ids, staff, scene)
    write_notes(ids, staff, scene, at=at)
    fill_the_shelf(ids, staff, scene, at=at)


def _as_one_of_ours(
    ids: Mapping[str, int], staff: Mapping[str, Member], scene: Scene, *, by: Actor, at: datetime
) -> None:
    """What is said once for a whole business: how often it is in touch, and its pledge."""
    hear_more_often(by=by, at=at)
    choose_texts(by=by, at=at)
    put_the_pledge_out(by=by, at=at)
    write_perks(ids, staff, scene)
    ask_after_cakes(by=by, at=at)
    ask_otherwise(ids, by=by, at=at)


def _for_the_bank_and_the_safe(
    staff: Mapping[str, Member], scene: Scene, *, by: Actor, at: datetime
) -> None:
    write_what_it_costs(scene, at=at)
    offer_goals(staff, scene, at=at)
    keep_offers(staff, scene)
    let_them_help(staff, scene)
    keep_a_card(by=by, at=at)


@transaction.atomic
def _hang_up_the_sign(
    business: Business, scene: Scene, *, by: Actor, at: datetime
) -> dict[str, Member]:
    staff = take_on_staff(by=by, at=at)
    plan_a_holiday(staff, by=by, at=at, scene=scene)
    close_for_fire_and_holidays(business, scene, by=by, at=at)
    write_down_the_fire(scene, staff["nora"], at=at)
    return staff


def _count(day: date, *, by: Actor, at: datetime) -> None:
    """As it would have been counted all along, so that tiers have a history."""
    for ago in COUNTED_BEFORE:
        refresh_facts(as_of=day - timedelta(days=ago), by=by, at=at)
        begin_tier_history(day - timedelta(days=ago), by=by, at=at)
    refresh_facts(as_of=day, by=by, at=at)
    count_figures(as_of=day, by=by, at=at)
    learn_delays(at=at)
    start_check_ins(at=at)
    learn(at=at)
    count_what_helped(day)
    count_who_is_back(by=by, at=at)
    ask_to_look_back(by=by, at=at)


def remove_demo(*, by: Actor, at: datetime) -> dict[str, object]:
    """Take the sample business out: all that came with it goes, all that is yours stays.

    A customer of the sample on whom an order of your own hangs stays too, and becomes yours.
    """
    loading = the_loading()
    is_of_the_sample = is_business_of_the_sample()
    forget_the_list()
    with transaction.atomic():
        counts = clear_the_list()
        send_staff_home()
        if is_of_the_sample:
            forget_the_pledge(at=at)
            take_the_sign_down(is_needed=has_anything_of_its_own())
        is_list_empty = not has_customers_of_its_own()
        if loading and is_list_empty:
            forget_counts_since(loading.at)
        forget_what_helped(None if is_list_empty else today_of_the_sample(at))
        audit.record(REMOVED, SOURCE, by=by, at=at, **counts)
    if loading and not is_list_empty:
        refresh_facts(by=by, at=at)
    return {"removed": bool(loading or counts["customers"]), **counts}


def _refuse_days_to_come(day: date, at: datetime) -> None:
    if day > today_of_the_sample(at):
        raise DayToCome(
            _("%(day)s has not come yet.") % {"day": day.isoformat()},
            _("Choose today or a day before it."),
        )


def _refuse_among_customers() -> None:
    if has_customers_of_its_own():
        raise CustomersAreHere(
            _("This business has customers of its own, and invented ones would stand among them."),
            _("To look around in the sample, start Regulars with another REGULARS_HOME."),
        )
