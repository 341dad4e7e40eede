"""The three hundred and seventy-seven of whom no story is told."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from regulars.demo.habits import Habit
from regulars.demo.personas import ABOUTS, FAMILY, GIVEN, POSTCODES, STREETS, Persona
from regulars.demo.scene import REOPENED_AGO, Scene

HOUSEHOLDS = 25


@dataclass(frozen=True, slots=True)
class Group:
    """So many people with the same kind of rhythm; ranges are drawn from for each.

    `stay_away` of 100 have not come back since the fire; the others within `back` days.
    """

    name: str
    count: int
    every: tuple[float, float]
    baskets: tuple[str, ...]
    spread: float = 0.3
    starts: tuple[int, int] = (560, 728)
    ends: tuple[int, int] = (1, 1)
    back: tuple[int, int] = (0, 12)
    stay_away: int = 0
    weekday: int | None = None
    managers: tuple[str, ...] = ("tomasz", "tomasz", "tomasz", "nora", "ife")


SATURDAY = 5
GROUPS = (
    Group("coffee", 26, (1.2, 2.2), ("coffee",), spread=0.35, back=(0, 4), stay_away=4),
    Group("families", 40, (4.5, 7.5), ("family",), back=(0, 9), stay_away=18),
    Group("bread", 95, (5.5, 9.0), ("bread",), back=(0, 16), stay_away=34,
          starts=(200, 728), managers=("tomasz", "tomasz", "nora", "ife", "")),
    Group("weekends", 60, (11.0, 17.0), ("weekend", "buns"), spread=0.25, weekday=SATURDAY,
          back=(0, 9), stay_away=36, starts=(240, 728), managers=("tomasz", "nora", "ife")),
    Group("monthly", 36, (24.0, 38.0), ("family", "weekend"), back=(0, 30), stay_away=15),
    Group("birthdays", 30, (363.0, 367.0), ("cakes",), spread=0.01, starts=(370, 728),
          back=(0, 20), managers=("nora", "nora", "tomasz")),
    Group("newcomers", 28, (5.0, 12.0), ("bread", "coffee", "weekend"), starts=(3, 66),
          back=(0, 14), managers=("tomasz", "nora", "")),
    Group("left before", 40, (6.0, 20.0), ("bread", "weekend", "brownie"), ends=(62, 106),
          starts=(420, 728), managers=("tomasz", "nora", "ife", "")),
    Group("long gone", 22, (7.0, 25.0), ("bread", "coffee"), ends=(430, 640), starts=(700, 728),
          managers=("tomasz", "nora", "")),
)  # fmt: skip


def crowd(scene: Scene) -> list[Persona]:
    """Everyone without a story, some of them at one address."""
    lot = scene.lot("crowd")
    names = _names(scene)
    people = [_person(group, n, next(names), lot) for group in GROUPS for n in range(group.count)]
    return _at_home(people, scene.lot("households"))


def _person(group: Group, number: int, name: tuple[str, str], lot: random.Random) -> Persona:
    given, family = name
    habit = _habit(group, lot)
    before = lot.randint(30, 2_400) if habit.starts > 700 else 0
    return Persona(
        key=f"{group.name[:2].capitalize()}{number + 1:03}",
        name=f"{given} {family}",
        habit=habit,
        given=given,
        family=family,
        manager=_manager(group, habit, lot),
        since_ago=habit.starts + before,
        about=lot.choice(ABOUTS),
        street=f"{lot.randint(1, 60)} {lot.choice(STREETS)}" if lot.random() < 0.7 else "",
        postcode=lot.choice(POSTCODES),
        phone="?" if lot.random() < 0.78 else "",
        email="?" if lot.random() < 0.66 else "",
    )


def _manager(group: Group, habit: Habit, lot: random.Random) -> str:
    """Nora and Ife took over the best of those who stay away; Tomasz has the shop to run."""
    has_stopped = habit.back is None or habit.ends > group.ends[1]
    is_best = group.name in ("coffee", "families")
    return lot.choice(("nora", "ife") if is_best and has_stopped else group.managers)


def _habit(group: Group, lot: random.Random) -> Habit:
    every, starts = round(lot.uniform(*group.every), 1), lot.randint(*group.starts)
    back: int | None = lot.randint(*group.back)
    ends = lot.randint(*group.ends)
    if lot.random() * 100 < group.stay_away and starts > REOPENED_AGO + 30:
        # Two in three of those tried us once more, and have not come since.
        if every < 18 and lot.random() < 0.66:
            back, ends = 2, min(29, round(every * 1.6) + lot.randint(4, 12))
        else:
            back = None
    return Habit(
        every=every,
        basket=lot.choice(group.baskets),
        spread=group.spread,
        starts=starts,
        ends=ends,
        back=back,
        weekday=group.weekday,
        grows=lot.choice((-0.4, -0.2, 0.0, 0.0, 0.0, 0.2, 0.35)) if starts > 400 else 0.0,
        ahead=5 if group.name == "birthdays" else 0,
    )


def _names(scene: Scene) -> Iterator[tuple[str, str]]:
    every = [(given, family) for given in GIVEN for family in FAMILY]
    scene.lot("names").shuffle(every)
    return iter(every)


def _at_home(people: list[Persona], lot: random.Random) -> list[Persona]:
    """Two or three of them under one roof share a name for letters, and the address."""
    together = list(people)
    names, heads = {person.name for person in people}, set[str]()
    free = lot.sample(range(len(people)), len(people))
    for number in range(HOUSEHOLDS):
        first = next(n for n in reversed(free) if people[n].family not in heads)
        free.remove(first)
        heads.add(people[first].family)
        head = people[first]
        street = head.street or f"{number + 1} {STREETS[number % len(STREETS)]}"
        head = replace(head, household=f"The {head.family} household", street=street)
        together[first] = head
        for _other in range(2 if number % 5 == 0 else 1):
            # Nobody gets a name by moving in that somebody else has already.
            other = next(n for n in reversed(free) if _named(people[n], head) not in names)
            free.remove(other)
            together[other] = replace(
                people[other],
                name=_named(people[other], head),
                family=head.family,
                household=head.household,
                street=street,
                postcode=head.postcode,
            )
            names.add(together[other].name)
    return together


def _named(person: Persona, head: Persona) -> str:
    return f"{person.given} {head.family}"
