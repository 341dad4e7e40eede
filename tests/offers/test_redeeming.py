"""Using an offer: within its wave, by whom it means, as often as it may be, while any is left."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction

from regulars.core.actor import OWNER, Actor
from regulars.core.errors import Refusal
from regulars.customers.models import Customer
from regulars.offers.actions.codes import replace_code
from regulars.offers.actions.redeeming import look_up, redeem, take_back
from regulars.offers.codes import LETTERS, check_letter, is_well_typed, made_code, seal_of, spelled
from regulars.offers.errors import (
    CodeMistyped,
    CodeOfSomebodyElse,
    CodeReplaced,
    CodeUnknown,
    CodeUsed,
    CustomerNeeded,
    NothingLeft,
    OfferChangedSince,
    OfferNotYetOpen,
    OfferOver,
    TooManyTries,
)
from regulars.offers.holding import NAMES
from regulars.offers.models import Code, Offer, Redemption
from regulars.offers.queries.codes import codes_of, codes_said, shared_code_of
from regulars.offers.queries.theirs import open_to
from regulars.offers.tries import MOST
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.offers import DAY, a_wave, make_offer
from tests.factories.planning import make_facts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]


def of_tier(name: str, tier: str) -> Customer:
    customer = make_customer(name)
    make_facts(customer, tier=tier)
    return customer


@pytest.fixture(autouse=True)
def _nobody_has_tried() -> None:
    cache.clear()


@pytest.fixture
def ruth() -> Customer:
    return of_tier("Ruth Calloway", "core")


@pytest.fixture
def ada() -> Customer:
    return of_tier("Ada Byron", "active")


def code_of(offer: Offer, customer: Customer) -> str:
    return codes_of(offer, [customer.pk])[customer.pk]


def test_a_code_is_used_once(ruth: Customer, owner: Member, at: datetime) -> None:
    offer = make_offer(at)
    code = spelled(code_of(offer, ruth)).lower()

    used = redeem(code, slip="one", by=owner.actor, at=at)

    assert (used.customer, used.offer, used.used_at, used.member) == (ruth, offer, at, owner)
    with pytest.raises(CodeUsed, match="used already"):
        redeem(code, slip="two", by=owner.actor, at=at)
    assert Code.objects.get(customer=ruth).uses_left == 0


def test_the_same_form_sent_twice_is_one_use(ruth: Customer, owner: Member, at: datetime) -> None:
    code = code_of(make_offer(at, uses=5), ruth)

    both = {redeem(code, slip="one", by=owner.actor, at=at).pk for _turn in range(2)}

    assert len(both) == 1
    assert Code.objects.get(customer=ruth).uses_left == 4


def test_what_was_taken_back_can_be_used_again(ruth: Customer, owner: Member, at: datetime) -> None:
    offer = make_offer(at, stock=1)
    code = code_of(offer, ruth)
    used = redeem(code, slip="one", by=owner.actor, at=at)

    take_back(used, by=owner.actor, at=at)
    again = redeem(code, slip="two", by=owner.actor, at=at)

    offer.refresh_from_db()
    assert (again.pk != used.pk, offer.common_left) == (True, 0)
    with pytest.raises(OfferChangedSince):
        take_back(used, by=owner.actor, at=at)


def test_nobody_uses_it_before_their_wave_or_after(
    ruth: Customer, ada: Customer, owner: Member, at: datetime
) -> None:
    offer = make_offer(at, a_wave(at, 0, "core"), a_wave(at, 3, "active"), a_wave(at, 7))
    theirs, everybodys = code_of(offer, ada), shared_code_of(offer)

    with pytest.raises(OfferNotYetOpen, match="opens to them"):
        redeem(theirs, slip="a", by=owner.actor, at=at + 3 * DAY - timedelta(microseconds=1))
    with pytest.raises(CustomerNeeded):
        redeem(everybodys, slip="b", by=owner.actor, at=at)
    assert redeem(everybodys, slip="c", by=owner.actor, at=at, customer=ruth).customer == ruth
    assert redeem(theirs, slip="d", by=owner.actor, at=at + 3 * DAY).customer == ada
    assert redeem(everybodys, slip="e", by=owner.actor, at=at + 7 * DAY).customer is None
    with pytest.raises(OfferOver):
        redeem(everybodys, slip="f", by=owner.actor, at=at + 30 * DAY)


def test_words_that_everybody_says_hold_under_a_name_from_the_opening_on(
    ruth: Customer, ada: Customer, owner: Member, at: datetime
) -> None:
    offer = make_offer(
        at, a_wave(at, 0, "core"), a_wave(at, 3, "active"), code_kind="shared",
        shared_words="first rye",
    )  # fmt: skip

    assert codes_said(offer.pk, [ruth.pk, ada.pk], at) == {ruth.pk: "FIRST RYE"}
    assert [one.code for one in open_to(ruth, at)] == ["FIRST RYE"]
    assert redeem("first-rye", slip="a", by=owner.actor, at=at, customer=ruth).customer == ruth
    with pytest.raises(OfferNotYetOpen):
        redeem("FIRST RYE", slip="b", by=owner.actor, at=at, customer=ada)
    with pytest.raises(CustomerNeeded):
        redeem("FIRST RYE", slip="c", by=owner.actor, at=at)


@pytest.mark.parametrize(
    ("customer", "days"), [("ada", 2.9), ("ruth", -0.1), ("ruth", 30.1), (None, 6.9)],
    ids=["before their wave", "before it was planned", "after it", "before the public"],
)  # fmt: skip
def test_the_database_refuses_it_whoever_writes(
    ruth: Customer, ada: Customer, at: datetime, customer: str | None, days: float
) -> None:
    """RELIABILITY: past the action, by any door."""
    offer = make_offer(at, a_wave(at, 0, "core"), a_wave(at, 3, "active"), a_wave(at, 7))
    who = {"ada": ada, "ruth": ruth, None: None}[customer]
    later = at + 40 * DAY

    for wave in offer.waves.all():
        with pytest.raises(IntegrityError), transaction.atomic():
            Redemption.objects.create(
                offer=offer, wave=wave, customer=who, used_at=at + days * DAY, recorded_at=later,
                slip=f"x{wave.pk}",
            )  # fmt: skip
    assert not Redemption.objects.exists()


def test_what_was_used_stays_as_written(ruth: Customer, owner: Member, at: datetime) -> None:
    used = redeem(code_of(make_offer(at), ruth), slip="one", by=owner.actor, at=at)
    row = Redemption.objects.filter(pk=used.pk)

    for change in ({"used_at": at - DAY}, {"slip": "two"}, {"is_held": True}):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        used.offer.waves.update(opens_at=at + DAY)


def test_every_trigger_is_there() -> None:
    """SQLite loses them where a migration makes a table anew."""
    sql = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        there = {name for (name,) in cursor.fetchall()}

    wanted = {f"offers_{name}" for names in NAMES.values() for name in names}
    # On PostgreSQL one function looks at both.
    assert wanted - there <= ({"offers_often"} if connection.vendor == "postgresql" else set())


def test_what_is_held_back_is_theirs_until_their_wave_is_over(
    ruth: Customer, ada: Customer, owner: Member, at: datetime
) -> None:
    offer = make_offer(
        at, a_wave(at, 0, "core", held_back=1), a_wave(at, 1, "active"), stock=1,
    )  # fmt: skip

    with pytest.raises(NothingLeft):
        redeem(code_of(offer, ada), slip="a", by=owner.actor, at=at + DAY)
    assert redeem(code_of(offer, ruth), slip="b", by=owner.actor, at=at + DAY).is_held


def test_a_code_of_somebody_else_a_mistyped_and_an_unknown_one_are_told_apart(
    ruth: Customer, ada: Customer, owner: Member, at: datetime
) -> None:
    offer = make_offer(at)
    code, unknown = code_of(offer, ruth), made_code(offer.pk, 987654, 0)

    with pytest.raises(CodeOfSomebodyElse):
        look_up(code, by=owner.actor, at=at, customer=ada)
    with pytest.raises(CodeMistyped):
        look_up(code[1] + code[0] + code[2:] if code[0] != code[1] else code[:-1], by=owner.actor,
                at=at)  # fmt: skip
    with pytest.raises(CodeUnknown):
        look_up(unknown, by=owner.actor, at=at)


def test_a_replaced_code_holds_no_longer(ruth: Customer, owner: Member, at: datetime) -> None:
    offer = make_offer(at)
    old = code_of(offer, ruth)

    new = replace_code(offer, ruth, by=owner.actor, at=at)

    assert codes_said(offer.pk, [ruth.pk], at) == {ruth.pk: new}
    with pytest.raises(CodeReplaced):
        redeem(old, slip="a", by=owner.actor, at=at)
    assert redeem(new, slip="b", by=owner.actor, at=at).customer == ruth


def test_whoever_tries_one_after_the_other_is_stopped(owner: Member, at: datetime) -> None:
    for turn in range(MOST):
        with pytest.raises(CodeUnknown):
            look_up(made_code(7, turn, 0), by=owner.actor, at=at)

    with pytest.raises(TooManyTries):
        look_up(made_code(7, 99, 0), by=owner.actor, at=at)


def test_a_viewer_takes_no_code(ruth: Customer, viewer: Member, at: datetime) -> None:
    code = code_of(make_offer(at), ruth)

    with pytest.raises(Refusal, match="take no codes"):
        redeem(code, slip="a", by=viewer.actor, at=at)


@pytest.mark.same_on_each
def test_the_check_letter_finds_each_wrong_letter_and_each_two_that_changed_places() -> None:
    for customer in range(20):
        code = made_code(1, customer, 0)
        assert is_well_typed(code)
        for place, letter in enumerate(code):
            wrong = (
                code[:place] + other + code[place + 1 :] for other in LETTERS if other != letter
            )
            assert not any(map(is_well_typed, wrong))
        for place in range(len(code) - 1):
            swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
            assert is_well_typed(swapped) == (swapped == code)
    assert check_letter("0" * 10) == "0"


def test_the_database_holds_no_code(ruth: Customer, at: datetime) -> None:
    offer = make_offer(at)
    code = code_of(offer, ruth)

    held = [str(row) for row in Code.objects.values()]

    assert [row for row in held if code in row] == []
    assert Code.objects.get(customer=ruth).seal == seal_of(code)


@pytest.mark.django_db(transaction=True)
def test_fifty_tills_take_no_more_than_there_are(at: datetime) -> None:
    people = [of_tier(f"Customer {n}", "core") for n in range(50)]
    offer = make_offer(at, a_wave(at, 0, "core", held_back=3), stock=12)
    codes = codes_of(offer, [one.pk for one in people])
    nobody = Actor("command", "a till", OWNER)

    def take(code: str) -> int:
        try:
            redeem(code, slip=code, by=nobody, at=at)
        except NothingLeft:
            return 0
        finally:
            connection.close()
        return 1

    with ThreadPoolExecutor(10) as tills:
        taken = sum(tills.map(take, codes.values()))

    offer.refresh_from_db()
    assert (taken, Redemption.objects.count(), offer.common_left) == (12, 12, 0)
    assert offer.waves.get().held_left == 0
