"""Random offers, clocks and people, walked through every door by which one could be early.

What may be seen and used is worked out here a second time, in plain Python and without the
database: what the product shows must be within that, and what it lets be used must be just that.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client

from regulars.core import clock
from regulars.core.actor import COMMAND, SYSTEM
from regulars.core.errors import Refusal
from regulars.core.signed_links import make_link
from regulars.core.template_fields import every_template_field, values_for
from regulars.customers.models import Customer
from regulars.exports.tables import kept_tables, rows_of_table
from regulars.insight.models import CustomerFacts
from regulars.offers.actions.choosing import keep_offer
from regulars.offers.actions.planning import end_offer
from regulars.offers.actions.redeeming import redeem
from regulars.offers.checking import place_of
from regulars.offers.codes import spelled
from regulars.offers.models import Offer, Redemption, Wave
from regulars.offers.queries.codes import codes_of, shared_code_of
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.offers import a_wave, make_offer
from tests.factories.planning import make_facts
from tests.house.test_doors import CLOSED, DOORS, Door

TIERS = ("core", "active", "new", "slipping", "lapsed", "lost")
GROUPS = (("core",), ("active",), ("new", "slipping"), ("lapsed", "lost"))
# What a door of customers with a token in its address is opened by.
LINKS = {
    "portal:unsubscribe": "unsubscribe", "portal:one_click": "unsubscribe",
    "portal:preferences": "preferences", "portal:expectations": "expectations",
    "portal:answer": "check_in", "portal:help": "help", "portal:is_it_right": "case",
    "portal:article": "article", "portal:confirm": "confirm",
    "portal:offers": "offers", "portal:ways": "ways", "portal:why": "why",
}  # fmt: skip
THEIRS = [door for door in DOORS if door.room == "portal" and door not in CLOSED]
# So many doors of each kind are drawn for each look: in a hundred worlds each is met many times.
DRAWN, DRAWN_OF_OTHERS = 3, 1
OUR_OWN = [door for door in CLOSED if door.room not in ("offers", "till", "accounts")]
ABOUT_OFFERS = [door for door in CLOSED if door.room in ("offers", "till")]


@dataclass
class Meant:
    """An offer, with all that this page itself knows of it."""

    offer: Offer
    mark: str
    waves: list[Wave]
    # Customer to the wave that they are in, and since when.
    members: dict[int, tuple[Wave, datetime]] = field(default_factory=dict)
    done: set[int] = field(default_factory=set)
    used: Counter[int] = field(default_factory=Counter)
    ended_at: datetime | None = None
    codes: dict[int, str] = field(default_factory=dict)
    shared: str = ""

    def note_codes(self, people: list[Customer]) -> None:
        self.codes = codes_of(self.offer, [who.pk for who in people])
        self.shared = shared_code_of(self.offer)

    def keep(self, tiers: dict[int, str], at: datetime) -> None:
        """Whom the waves mean from now on, as the product's own work finds them."""
        if self.ended_at is not None:
            return
        for wave in sorted(self.waves, key=place_of):
            is_due = wave.is_open_at(at) if wave.is_live else wave.pk not in self.done
            if wave.is_public or not is_due:
                continue
            self.done.add(wave.pk)
            for customer, tier in tiers.items():
                before = self.members.get(customer)
                is_earlier = before is None or wave.opens_at < before[0].opens_at
                if tier in wave.tiers and is_earlier:
                    self.members[customer] = (wave, at)

    def takes(self, wave: Wave, customer: int | None, at: datetime) -> bool:
        """Whether this wave is open to them at that moment."""
        if self.ended_at is not None and self.ended_at <= at:
            return False
        if not wave.opens_at <= at < wave.closes_at:
            return False
        if wave.is_public:
            return True
        theirs = self.members.get(customer or 0)
        return theirs is not None and theirs[0].pk == wave.pk and theirs[1] <= at

    def is_open_to(self, customer: int | None, at: datetime) -> bool:
        return any(self.takes(wave, customer, at) for wave in self.waves)


@dataclass
class Walk:
    """One random world: a few customers, a few offers, and what is known of them."""

    lot: random.Random
    at: datetime
    people: list[Customer]
    tiers: dict[int, str]
    meant: list[Meant]
    owner: Member
    # How often something was seen, and used: a walk that meets nothing shows nothing.
    met: Counter[str] = field(default_factory=Counter)


def walk(seed: int, at: datetime, owner: Member, here: Client) -> Counter[str]:
    """One random world from its planning to its end; what was met, by kind."""
    with transaction.atomic():
        one = _begun(random.Random(seed), at, owner)
        for moment, deed in _course(one):
            with clock.stopped_at(moment):
                deed(one, moment, here)
        transaction.set_rollback(True)
    return one.met


def _begun(lot: random.Random, at: datetime, owner: Member) -> Walk:
    people = [make_customer(f"Walker Number{nth}", email=f"w{nth}@walk.example")
              for nth in range(4)]  # fmt: skip
    tiers = {one.pk: lot.choice(TIERS) for one in people}
    tiers[people[0].pk] = "core"
    for one in people:
        make_facts(one, tier=tiers[one.pk])
    meant = [_offer(lot, at, tiers) for _nth in range(2)]
    for each in meant:
        each.note_codes(people)
    return Walk(lot, at, people, tiers, meant, owner)


def _offer(lot: random.Random, at: datetime, tiers: dict[int, str]) -> Meant:
    mark = f"zq{lot.getrandbits(40):010x}"
    stock = lot.choice((None, None, lot.randint(2, 6)))
    offer = make_offer(
        at, *_waves(lot, at, mark, stock), name=f"Offer {mark}", words=f"Words {mark}",
        terms=f"Terms {mark}", stock=stock, uses=lot.choice((1, 1, 2)),
        code_kind=lot.choice(("personal", "personal", "shared")),
        shared_words=lot.choice(("", f"RYE {lot.randint(1000, 9999)}")),
    )  # fmt: skip
    found = Meant(offer, mark, list(offer.waves.all()))
    found.keep(tiers, at)
    return found


def _waves(lot: random.Random, at: datetime, mark: str, stock: int | None) -> Iterator[Any]:
    groups = [one for one in GROUPS if one == ("core",) or lot.random() < 0.6]
    opens, closes = lot.choice((0.0, 1.0)), 12.0 + lot.random()
    left = stock or 0
    for tiers in groups:
        held = lot.randint(0, min(1, left))
        left -= held
        yield a_wave(
            at, opens, *tiers, closes=closes, is_live=lot.random() < 0.5, held_back=held,
            extra=f"Extra {mark}",
        )  # fmt: skip
        opens += lot.choice((0.0, 0.5, 2.0))
        closes -= lot.choice((0.0, 0.0, 1.0))
    if lot.random() < 0.6:
        yield a_wave(at, opens + 1, closes=closes)


Deed = Callable[[Walk, datetime, Client], None]


def _course(one: Walk) -> list[tuple[datetime, Deed]]:
    """What happens when: looks of all kinds, people who change, an end, all by lot."""
    lot = one.lot
    days = timedelta(days=1)
    planned: list[tuple[datetime, Deed]] = [
        (one.at + lot.uniform(0, 9) * days, _somebody_changes) for _turn in range(2)
    ]
    # Just before a wave opens, and just when it does: where a slip would be.
    edges = [wave.opens_at for meant in one.meant for wave in meant.waves]
    edge = lot.choice(edges)
    other = lot.choice((edge, one.at + lot.uniform(0, 14) * days))
    moments = {edge - timedelta(microseconds=1), other}
    planned += [(max(one.at, moment), _look_everywhere) for moment in sorted(moments)]
    if lot.random() < 0.3:
        planned.append((one.at + lot.uniform(3, 10) * days, _end))
    return sorted(planned, key=lambda step: step[0])


def _somebody_changes(one: Walk, moment: datetime, _here: Client) -> None:
    who = one.lot.choice(one.people)
    one.tiers[who.pk] = one.lot.choice(TIERS)
    CustomerFacts.objects.filter(customer=who).update(tier=one.tiers[who.pk])
    for meant in one.meant:
        keep_offer(meant.offer, at=moment)
        meant.keep(one.tiers, moment)
        meant.note_codes(one.people)


def _end(one: Walk, moment: datetime, _here: Client) -> None:
    meant = one.lot.choice(one.meant)
    end_offer(meant.offer, by=SYSTEM, at=moment)
    meant.ended_at = moment


def _look_everywhere(one: Walk, moment: datetime, here: Client) -> None:
    _ask(one, moment)
    _read_texts(one, moment)
    who = one.lot.choice(one.people)
    _open_their_doors(one, who, moment)
    _open_our_doors(one, who, moment, here)
    _write_past_the_actions(one, moment)
    _use(one, moment)
    _take_out_tables(one)


def _ask(one: Walk, moment: datetime) -> None:
    """The one queryset by which customers see offers: no more than may be, and no less."""
    for who in (*one.people, None):
        seen = set(Offer.objects.visible_to(who, moment).values_list("pk", flat=True))
        pk = who.pk if who else None
        assert seen == {meant.offer.pk for meant in one.meant if meant.is_open_to(pk, moment)}
        one.met["seen" if seen else "not seen"] += 1


def _read_texts(one: Walk, moment: datetime) -> None:
    """Every field that a text can say, of everybody at once."""
    names, ids = list(every_template_field()), [who.pk for who in one.people]
    told = values_for(names, ids, moment)
    for who in one.people:
        words = "\n".join(str(value) for value in told[who.pk].values())
        _refuse_early(one, who.pk, moment, words, "texts")
        said = [meant.codes.get(who.pk, "no code") for meant in one.meant]
        one.met["codes in texts"] += sum(spelled(code) in words for code in said)


def _refuse_early(
    one: Walk, customer: int | None, moment: datetime, words: str, where: str
) -> None:
    """Neither a word of what is not open to them, nor a code that is not theirs to use now."""
    for meant in one.meant:
        is_open = meant.is_open_to(customer, moment)
        assert is_open or meant.mark not in words, (where, moment)
        forbidden = [code for pk, code in meant.codes.items() if pk != customer or not is_open]
        for code in [*forbidden, *([meant.shared] if meant.shared and not is_open else [])]:
            assert not [one for one in (code, spelled(code)) if one in words], (where, moment)


def their_paths(who: Customer, moment: datetime) -> list[tuple[Door, str]]:
    """Every door of customers, with a token for this one where it asks for one."""
    found = []
    for door in THEIRS:
        kind = LINKS.get(door.name)
        path = door.path
        if kind:
            path = path.replace("wrong", make_link(kind, who.pk, "", moment))
        found.append((door, path))
    return found


def _open_their_doors(one: Walk, who: Customer, moment: datetime) -> None:
    theirs = Client()
    arrive = make_link("preferences", who.pk, "", moment)
    assert theirs.post(f"/p/{arrive}").status_code == 303
    for door, path in one.lot.sample(their_paths(who, moment), DRAWN):
        answer = theirs.get(path)
        assert answer.status_code < 500, door.name
        _refuse_early(one, who.pk, moment, answer.content.decode(), door.name)
    shown = theirs.post(f"/o/{make_link('offers', who.pk, '', moment)}").content.decode()
    _refuse_early(one, who.pk, moment, shown, "their offers")
    for meant in one.meant:
        assert (meant.mark in shown) == meant.is_open_to(who.pk, moment)


def _open_our_doors(one: Walk, who: Customer, moment: datetime, here: Client) -> None:
    """The team knows what is planned, and still no page says a code before it holds."""
    meant = one.lot.choice(one.meant)
    ids = {"customer_id": who.pk, "offer_id": meant.offer.pk, "wave_id": meant.waves[0].pk}
    drawn = one.lot.sample(ABOUT_OFFERS, DRAWN) + one.lot.sample(OUR_OWN, DRAWN_OF_OTHERS)
    for door in drawn:
        answer = here.get(door.path_to(ids))
        assert answer.status_code < 500, door.name
        words = "" if answer.streaming else answer.content.decode(errors="replace")
        _refuse_codes(one, moment, words, door.name)
    page = here.get(f"/offers/of/{who.pk}").content.decode()
    _refuse_codes(one, moment, page, "the side of the customer’s page")
    said = [each.codes.get(who.pk, "no code") for each in one.meant]
    one.met["codes on pages"] += sum(spelled(code) in page for code in said)


def _refuse_codes(one: Walk, moment: datetime, words: str, where: str) -> None:
    for meant in one.meant:
        is_shared = meant.offer.code_kind == "shared"
        holders = [who.pk for who in one.people] if is_shared else []
        is_said = any(meant.is_open_to(pk, moment) for pk in (*holders, None))
        early = [code for pk, code in meant.codes.items() if not meant.is_open_to(pk, moment)]
        for code in [*early, *([meant.shared] if meant.shared and not is_said else [])]:
            assert not [one for one in (code, spelled(code)) if one in words], (where, moment)


def _write_past_the_actions(one: Walk, moment: datetime) -> None:
    """A row written straight into the table stands only where it may."""
    meant = one.lot.choice(one.meant)
    wave, who = one.lot.choice(meant.waves), one.lot.choice((*one.people, None))
    pk = who.pk if who else None
    may = meant.takes(wave, pk, moment) and (pk is None or meant.used[pk] < meant.offer.uses)
    held = Wave.objects.get(pk=wave.pk).held_left > 0
    if not held and Offer.objects.get(pk=meant.offer.pk).common_left == 0:
        may = False
    try:
        with transaction.atomic():
            Redemption.objects.create(
                offer=meant.offer, wave=wave, customer=who, used_at=moment, is_held=held,
                recorded_at=moment, slip=f"past {one.lot.random()}",
            )  # fmt: skip
    except IntegrityError:
        assert not may, (wave.name, pk, moment)
        one.met["refused by the database"] += 1
        return
    assert may, (wave.name, pk, moment)
    if pk is not None:
        meant.used[pk] += 1


def _use(one: Walk, moment: datetime) -> None:
    """Each code at a till, as that of its customer; what is left over is all that may hinder it."""
    cache.clear()
    for meant in one.meant:
        for who in one.people:
            for code in filter(None, (meant.codes.get(who.pk), meant.shared)):
                _use_one(one, meant, who, code, moment)
        if meant.offer.stock is not None:
            assert meant.offer.redemptions.standing().count() <= meant.offer.stock


def _use_one(one: Walk, meant: Meant, who: Customer, code: str, moment: datetime) -> None:
    may = meant.is_open_to(who.pk, moment) and meant.used[who.pk] < meant.offer.uses
    try:
        redeem(code, slip=f"{one.lot.random()}", by=COMMAND, at=moment, customer=who)
    except Refusal:
        assert not may or meant.offer.stock is not None, (meant.mark, who.pk, moment)
        one.met["refused at the till"] += 1
        return
    assert may, (meant.mark, who.pk, moment)
    meant.used[who.pk] += 1
    one.met["used"] += 1


def _take_out_tables(one: Walk) -> None:
    """What is taken out into files holds no code at all, open or not."""
    for model in kept_tables():
        if model._meta.app_label != "offers":
            continue
        words = "\n".join(str(row) for rows in rows_of_table(model) for row in rows)
        for meant in one.meant:
            for code in (*meant.codes.values(), meant.shared or "no code"):
                assert code not in words, model._meta.label
