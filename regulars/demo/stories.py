"""Those whose stories the mock screens tell; days are counted back from the day of the scene."""

import itertools
from collections.abc import Sequence
from datetime import date

from regulars.demo.baskets import PRICES, Basket, Line, filled, lines_of, worth_of
from regulars.demo.habits import Habit
from regulars.demo.personas import Persona
from regulars.demo.scene import Scene
from regulars.demo.trade import DELIVERY_ROUND, FRIDAY, NIGHT_SHIFT

RUTH, SAMUEL, JOSS, FLORIAN, MAREN, BRYN = "S01", "S02", "S03", "S04", "S05", "S06"
ANSEL, TOVE, ODILE, PILAR, LEENA = "S07", "S08", "S09", "S10", "S11"
OAKFIELD, HARBOUR, WINSLOW, HALLORAN = "T01", "T02", "T03", "T04"

TOLD = frozenset([f"S{n:02}" for n in range(1, 12)] + [OAKFIELD, HARBOUR, WINSLOW, HALLORAN])

RUTH_YEAR_MINOR = 131_200
_RUTH_LATEST = {
    32: lines_of(("Country white", 2), ("Lemon tart", 1)),
    26: lines_of(("Country white", 1), ("Latte", 1)),
    19: lines_of(("Country white", 1), ("Cheese scone", 4), ("Bread roll", 1)),
}


def named_people(scene: Scene) -> list[Persona]:
    """The eleven people whom the screens call by name."""
    return [
        Persona(
            RUTH, "Ruth Calloway", Habit(6.8, "ruth", spread=0.15, last=_ruth_visits(scene)),
            given="Ruth", family="Calloway", manager="tomasz", since_ago=3_540,
            about="Seeded rye. A seat by the radiator on market days. No nuts, for her sister.",
            street="8 Weir Cottages", postcode="AM4 2TR", phone="01632 960 214",
            email="ruth@calloway.example",
        ),
        Persona(
            SAMUEL, "Samuel Birch",
            Habit(1.5, "samuel", spread=0.2, grows=0.1, last=_weekdays_since_reopening(scene)),
            given="Samuel", family="Birch", manager="tomasz", since_ago=1_400,
            about="Oat flat white at the window, and lunch for two to take to the workshop.",
            phone="01632 960 118",
            email="samuel.birch@example.com",
        ),
        Persona(
            JOSS, "Joss Tully", Habit(30, "cakes", starts=0, last=(9,), ahead=8),
            given="Joss", family="Tully", manager="tomasz", since_ago=9,
            about="A cat driving a digger, for a daughter who turned four.", phone="07700 900 462",
            email="joss.tully@example.com",
        ),
        Persona(
            FLORIAN, "Florian Achterberg", Habit(4, "bread", spread=0.25, back=1, last=(9, 5)),
            given="Florian", family="Achterberg", manager="tomasz", since_ago=1_900,
            street="14 Gull Lane", postcode="AM4 3BH", phone="01632 960 871",
        ),
        Persona(
            MAREN, "Maren Oduya", Habit(11, "family", spread=0.2, last=(67, 56)),
            given="Maren", family="Oduya", manager="tomasz", since_ago=1_100,
            about="Sourdough, oat flat white.", street="2 Chapel Row", postcode="AM4 2TR",
            phone="01632 960 402", email="maren.oduya@example.com",
        ),
        Persona(
            BRYN, "Bryn Ellis", Habit(8, "bread", spread=0.2, last=(63, 55)),
            given="Bryn", family="Ellis", manager="nora", since_ago=2_050,
            about="Two loaves, Saturdays.", street="31 Saltpan Road", postcode="AM5 6DN",
        ),
        Persona(
            ANSEL, "Ansel Whitcombe", Habit(10, "bread", spread=0.2, last=(69, 59)),
            given="Ansel", family="Whitcombe", manager="nora", since_ago=980,
            about="Rye, and coffee for the walk.", email="ansel.whitcombe@example.com",
        ),
        Persona(
            TOVE, "Tove Lindgaard", Habit(12, "buns", spread=0.2, last=(77, 65)),
            given="Tove", family="Lindgaard", manager="tomasz", since_ago=860,
            about="Cinnamon buns for the choir.", phone="01632 960 555",
        ),
        Persona(
            ODILE, "Odile Fournier", Habit(17, "baguettes", spread=0.2, last=(90, 73)),
            given="Odile", family="Fournier", manager="nora", since_ago=1_250,
            about="Baguettes, when friends come.", street="19 Beacon Road", postcode="AM4 1LW",
            phone="07700 900 118",
        ),
        Persona(
            PILAR, "Pilar Quintero", Habit(34, "cakes", spread=0.15, last=(105, 71)),
            given="Pilar", family="Quintero", manager="nora", since_ago=1_500,
            about="Celebration cakes. Her daughter's birthday is on 12 December.",
            phone="01632 960 731", email="pilar.quintero@example.com",
        ),
        Persona(
            LEENA, "Leena Varga", Habit(21, "brownie", spread=0.2, last=(129, 108)),
            given="Leena", family="Varga", manager="tomasz", since_ago=900,
            about="Gluten-free brownie.", email="leena.varga@example.com",
        ),
    ]  # fmt: skip


def named_organisations() -> list[Persona]:
    """The four trade customers whom the screens call by name."""
    both = (NIGHT_SHIFT, DELIVERY_ROUND)
    return [
        Persona(
            OAKFIELD, "Oakfield School", Habit(7, "rolls", spread=0.05, last=(61, 54, 26)),
            "organisation", manager="tomasz", since_ago=1_300, about="Breakfast club, 40 rolls.",
            phone="01632 960 640",
            email="kitchen@oakfield-school.test", served_by=both,
        ),
        Persona(
            HARBOUR, "Harbour Physio",
            Habit(7, "box 14", spread=0.05, weekday=FRIDAY, last=(60, 53, 25)),
            "organisation", manager="tomasz", since_ago=1_150,
            about="Friday pastry box for 14. Four doors away.", street="12 Weir Lane",
            postcode="AM4 2TR", phone="01632 960 877", email="reception@harbour-physio.test",
            served_by=both,
        ),
        Persona(
            WINSLOW, "Winslow & Sons", Habit(30, "site", spread=0.1, last=(90, 60)),
            "organisation", manager="ife", since_ago=1_700, about="Site breakfasts, monthly.",
            street="Unit 4, Saltpan Road", postcode="AM5 6DN", phone="01632 960 290",
            email="office@winslow-and-sons.test", served_by=both,
        ),
        Persona(
            HALLORAN, "Halloran House", Habit(2.2, "hotel", spread=0.15, back=0),
            "organisation", manager="ife", since_ago=2_400,
            about="Breakfast rolls, Monday to Friday.", street="1 Lantern Hill",
            postcode="AM4 1LW", phone="01632 960 334", email="orders@halloran-house.test",
            served_by=both,
        ),
    ]  # fmt: skip


def told_baskets(key: str, days: Sequence[date], scene: Scene) -> dict[date, Basket]:
    """What the stories say was bought on a day; other baskets are left to chance."""
    if key == JOSS:
        cake = Line("Celebration cake", 1, PRICES["Celebration cake"])
        return {scene.told(9): (cake,)}
    if key == SAMUEL:
        # He still comes as ever, and no longer takes lunch to the workshop.
        less = lines_of(("Oat flat white", 1), ("Almond croissant", 1))
        return dict.fromkeys(days[-10:], less)
    return _ruth_baskets(days, scene) if key == RUTH else {}


def _ruth_visits(scene: Scene) -> tuple[int, ...]:
    """Fifty-nine visits in twelve months, three of them since the fire, the last 19 days ago."""
    lot = scene.lot("ruth")
    first, last, count = 364, 55, 56
    evenly = [first - round(n * (first - last) / (count - 1)) for n in range(count)]
    ago = [evenly[0], *(n + lot.choice((-1, 0, 0, 1)) for n in evenly[1:-1]), evenly[-1]]
    shut = {(scene.day - day).days for span in scene.holidays() for day in span}
    return (*(n + 2 if n in shut else n for n in ago), *sorted(_RUTH_LATEST, reverse=True))


def _ruth_baskets(days: Sequence[date], scene: Scene) -> dict[date, Basket]:
    """Her year comes to £1,312.00, as her page says: one hamper makes up what is missing."""
    told = {scene.told(ago): basket for ago, basket in _RUTH_LATEST.items()}
    year = [day for day in days if day > scene.ago(365) and day not in told]
    hamper_on = year.pop(len(year) // 2)
    for turn in itertools.count():
        lot = scene.lot(f"ruth's baskets, turn {turn}")
        baskets = told | {day: filled("ruth", lot) for day in year}
        missing = RUTH_YEAR_MINOR - sum(worth_of(basket) for basket in baskets.values())
        if 2_000 <= missing <= 5_000:
            return baskets | {hamper_on: (Line("Hamper, made up to order", 1, missing),)}
    raise AssertionError


def _weekdays_since_reopening(scene: Scene) -> tuple[int, ...]:
    since = range((scene.day - scene.reopened_on).days, 0, -1)
    return tuple(
        ago for ago in since if scene.ago(ago).weekday() < 5 or scene.ago(ago) == scene.reopened_on
    )
