"""What the cut in the database can cost: the bound holds against the exact choice of everybody."""

import random
from dataclasses import dataclass

import pytest

from regulars.consent.choices import Channel, Decision
from regulars.planning import choosing
from regulars.planning.candidates import due_customers
from regulars.planning.choosing import chosen_lists, day_ahead
from regulars.planning.cutting import lost_at_most
from regulars.planning.knapsack import Option, best_day
from regulars.planning.means import weigh_means
from regulars.planning.priors import (
    ANSWERS,
    ANSWERS_LEAST,
    ANSWERS_MOST,
    MATTERS,
    MINUTES,
    PREFERRED,
    TALK_MINUTES,
)
from regulars.team.models import Business
from tests.factories.consent import make_decision
from tests.factories.planning import TODAY, make_due
from tests.factories.team import make_business, make_member


@dataclass(frozen=True)
class Someone:
    key: int
    worth: float
    options: tuple[Option, ...]
    in_database: float


def someone(key: int, dice: random.Random) -> Someone:
    """Worth less than in the database where touches weigh; reached as they answer and wish."""
    in_database = dice.lognormvariate(8, dice.choice((0.2, 1.2)))
    options = []
    for channel in dice.sample(list(MINUTES), dice.randrange(1, 5)):
        matters = MATTERS[channel] * dice.choice((1.0, PREFERRED))
        if channel in ANSWERS:
            matters *= dice.uniform(ANSWERS_LEAST, ANSWERS_MOST)
        way = TALK_MINUTES + dice.randrange(0, 30)
        minutes = way if channel == Channel.VISIT else MINUTES[channel]
        options.append(Option(channel, minutes, matters))
    burden = 1 + 0.15 * dice.choice((0, 0, 0, 1, 3))
    return Someone(key, in_database / burden, tuple(options), in_database)


@pytest.mark.same_on_each
@pytest.mark.parametrize("seed", range(60))
def test_nobody_left_in_gains_more_than_the_bound(seed: int) -> None:
    dice = random.Random(seed)
    everybody = sorted((someone(key, dice) for key in range(300)), key=lambda s: -s.in_database)
    minutes, depth = dice.randrange(10, 200), dice.choice((10, 30, 60, 120, 299, 300))
    kept = everybody[:depth]
    cut = kept[-1].in_database if depth < len(everybody) else 0.0

    gained = sum(one.worth for one in best_day(kept, minutes))
    most = sum(one.worth for one in best_day(everybody, minutes))
    lost = lost_at_most(kept, minutes, gained, cut=cut, chances=MATTERS)

    assert gained <= most <= gained * (1 + lost) + 1e-6
    assert lost == 0.0 or cut > 0


@pytest.mark.same_on_each
def test_deep_enough_it_is_little_and_too_shallow_it_is_said() -> None:
    dice = random.Random(7)
    everybody = sorted((someone(key, dice) for key in range(2_000)), key=lambda s: -s.in_database)
    lost = {}
    for depth in (12, 125, 500):
        kept = everybody[:depth]
        gained = sum(one.worth for one in best_day(kept, 300))
        cut = everybody[depth - 1].in_database
        lost[depth] = lost_at_most(kept, 300, gained, cut=cut, chances=MATTERS)

    assert lost[12] > 0.5 > lost[125] > lost[500]
    assert lost[500] < 0.01


@pytest.mark.django_db
def test_a_list_cut_short_says_how_much_it_may_have_lost(
    business: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = make_member("manager", minutes=12)
    for number in range(40):
        make_due(f"Customer {number}", manager=member, stake=1000 + 50 * (number * 7 % 40))
    uncut = day_ahead(business, [member], {member.pk: 5000}, TODAY)
    everybody = due_customers(uncut)
    weigh_means(everybody, uncut)
    monkeypatch.setattr("regulars.planning.ranking.SHORTLISTED", 4)
    monkeypatch.setattr("regulars.planning.ranking.WAITING_KEPT", 0)
    ahead = day_ahead(business, [member], {member.pk: 12}, TODAY)

    found = chosen_lists(ahead, {member.pk: 12})[member.pk]

    gained = _gain(found)
    most = sum(one.worth for one in best_day(everybody[member.pk].candidates, 12))
    assert everybody[member.pk].cut == 0.0 < found.due.cut
    assert gained <= most <= gained * (1 + found.lost)
    assert 0 < found.lost < 1


def _gain(found: choosing.ChosenList) -> float:
    by_key = {one.key: one for one in found.due.candidates}
    return sum(
        by_key[item.customer_id].worth * option.matters
        for item in found.items
        if item.state == "open"
        for option in by_key[item.customer_id].options
        if option.channel == item.channel
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("depth", [4, 500])
def test_a_list_read_by_halves_is_the_one_that_is_read_whole(
    monkeypatch: pytest.MonkeyPatch, depth: int
) -> None:
    business = make_business()
    members = [make_member("manager", name=name, minutes=12) for name in ("Ada", "Mercy")]
    for number in range(40):
        stake = 1000 + 50 * (number * 7 % 40)
        one = make_due(f"Customer {number}", manager=members[number % 2], stake=stake)
        if number % 5 == 0:
            for channel in ("call", "note", "letter", "visit"):
                make_decision(one, channel=channel, decision=Decision.WITHDRAWN)
        elif number % 3 == 0:
            make_decision(one, channel="email", decision=Decision.GRANTED)
    monkeypatch.setattr("regulars.planning.ranking.SHORTLISTED", depth)
    monkeypatch.setattr("regulars.planning.ranking.WAITING_KEPT", 0)
    minutes = {member.pk: 12 for member in members}
    ahead = day_ahead(business, members, minutes, TODAY)
    whole = due_customers(ahead)
    monkeypatch.setattr("regulars.planning.reading.LONG_LIST", 1)

    halves = due_customers(ahead)

    assert {pk: sorted(due.candidates) for pk, due in halves.items()} == {
        pk: sorted(due.candidates) for pk, due in whole.items()
    }
    counts = [(due.count, due.unreachable_count, due.cut) for due in whole.values()]
    assert [(due.count, due.unreachable_count, due.cut) for due in halves.values()] == counts
    assert all(count == 20 and unreachable == 4 for count, unreachable, _cut in counts)
    assert all((cut > 0) == (depth == 4) for *_counts, cut in counts)
