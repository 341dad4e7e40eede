"""Organisations that order for the week, and the two departments of our own that serve them."""

from regulars.demo.habits import Habit
from regulars.demo.personas import Persona
from regulars.demo.scene import Scene

NIGHT_SHIFT, DELIVERY_ROUND = "D1", "D2"
FRIDAY, SATURDAY = 4, 5

DEPARTMENTS = (
    Persona(
        NIGHT_SHIFT, "The bakehouse night shift", None, "department", manager="tomasz",
        since_ago=3_100, about="Bakes from midnight. Wants the orders by six in the evening.",
    ),
    Persona(
        DELIVERY_ROUND, "The delivery round", None, "department", manager="ife", since_ago=2_200,
        about="Two people and the van, Monday to Saturday from half past five.",
    ),
)  # fmt: skip

# Name, basket, usual gap, weekday, back after so many days or None, street, what we know.
_WEEKLY = (
    ("Ambley Lifeboat Station", "box 8", 7.0, FRIDAY, 8, "1 Slipway", "Leave it in the boathouse."),
    ("The Anchor Rooms", "hotel", 2.3, None, 0, "30 Quay Street", "Invoice on the first."),
    ("Quay Street Dental", "box 8", 14.0, FRIDAY, 15, "12 Quay Street", ""),
    ("Weir Lane Books", "guests", 7.0, SATURDAY, 2, "9 Weir Lane", "Readings on first Saturdays."),
    ("St Brannock's Church Hall", "meeting", 30.0, None, 9, "Chapel Row", ""),
    ("Tidewater Yoga", "brownie", 7.0, SATURDAY, None, "2 Netmakers Row", "Gluten-free only."),
    ("Ambley Library", "meeting", 30.0, None, 20, "1 Orchard Close", ""),
    ("Seaview Guest House", "guests", 3.5, None, 1, "22 Harbour Terrace", "Closed in January."),
    ("Marram House", "guests", 3.5, None, 3, "5 Saltpan Road", "Breakfast for eight at most."),
    ("Pilot's Rest", "hotel", 1.6, None, 0, "41 Harbour Terrace", "Key under the slate."),
    ("The Harbour Office", "box 14", 7.0, FRIDAY, 1, "Quayside", ""),
    ("Lantern Arts Centre", "meeting", 14.0, None, 12, "7 Lantern Hill", "Ask for the box office."),
    ("Ambley Surgery", "box 14", 14.0, FRIDAY, 8, "3 Orchard Close", "Nut-free, always."),
    ("Kite & Keel Sailing Club", "site", 14.0, SATURDAY, None, "Slipway", "April to October."),
    ("Fenner Solicitors", "meeting", 21.0, None, 16, "18 Quay Street", ""),
    ("Brightwater Nursery", "rolls", 7.0, None, 4, "11 Beacon Road", "Soft rolls, no seeds."),
    ("Cobb Street Garage", "box 8", 7.0, FRIDAY, 1, "27 Cobb Street", "Pays in cash, always has."),
    ("Marsh Lane Veterinary Practice", "box 8", 14.0, FRIDAY, None, "6 Marsh Lane", ""),
)  # fmt: skip


def organisations(scene: Scene) -> list[Persona]:
    """The eighteen of whom no story is told; those with one are in demo/stories.py."""
    lot = scene.lot("trade")
    return [
        Persona(
            key=f"T{number:02}",
            name=name,
            habit=Habit(
                every,
                basket,
                spread=0.08 if weekday is not None else 0.2,
                starts=lot.randint(420, 728),
                back=back,
                weekday=weekday,
                grows=lot.choice((-0.1, 0.0, 0.1, 0.2)),
            ),
            kind="organisation",
            manager="ife",
            since_ago=lot.randint(900, 2_600),
            about=about,
            street=street,
            postcode="AM4 1LW",
            served_by=(DELIVERY_ROUND,) if back is None else (NIGHT_SHIFT, DELIVERY_ROUND),
        )
        for number, (name, basket, every, weekday, back, street, about) in enumerate(_WEEKLY, 5)
    ]
