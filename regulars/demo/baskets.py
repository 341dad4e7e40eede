"""What stands on the shelves of Juniper & Rye, and what people put together from it."""

import random
from dataclasses import dataclass

# Name, and price in minor units.
PRICES = {
    "Country white": 460,
    "Seeded rye": 420,
    "Baguette": 240,
    "Cheese scone": 150,
    "Bread roll": 100,
    "Breakfast roll": 420,
    "Lemon tart": 900,
    "Cinnamon bun": 340,
    "Gluten-free brownie": 380,
    "Almond croissant": 360,
    "Flat white": 360,
    "Oat flat white": 390,
    "Latte": 360,
    "Tea": 260,
    "Soup and bread": 680,
    "Celebration cake": 4_800,
    "Carrot cake, whole": 3_200,
    "Fruit loaf": 620,
    "Pastry box for 14": 9_200,
    "Pastry box for 8": 5_400,
    "Sandwich tray": 6_800,
    "Stollen": 1_400,
    "Hamper, made up to order": 0,
}


@dataclass(frozen=True, slots=True)
class Line:
    """So many of one thing, and what they came to."""

    what: str
    quantity: int
    total_minor: int


Basket = tuple[Line, ...]

# What a kind of visit always holds, and what is now and then added to it with which chance.
_ALWAYS: dict[str, list[list[tuple[str, int]]]] = {
    "coffee": [[("Flat white", 1)], [("Latte", 1)], [("Oat flat white", 1)], [("Tea", 1)]],
    "bread": [[("Country white", 1)], [("Seeded rye", 1)], [("Country white", 2)]],
    "family": [
        [("Country white", 2), ("Cheese scone", 4)],
        [("Seeded rye", 1), ("Country white", 1), ("Cinnamon bun", 2)],
        [("Soup and bread", 2), ("Country white", 1)],
    ],
    "weekend": [[("Lemon tart", 1)], [("Almond croissant", 4)], [("Fruit loaf", 1)]],
    "cakes": [[("Celebration cake", 1)], [("Carrot cake, whole", 1)]],
    "brownie": [[("Gluten-free brownie", 2)], [("Gluten-free brownie", 4)]],
    "baguettes": [[("Baguette", 6)], [("Baguette", 8), ("Cheese scone", 6)]],
    "buns": [[("Cinnamon bun", 12)]],
    "ruth": [
        [("Seeded rye", 2), ("Country white", 1), ("Soup and bread", 1)],
        [("Seeded rye", 2), ("Cheese scone", 4), ("Latte", 1)],
        [("Seeded rye", 1), ("Lemon tart", 1), ("Latte", 1)],
    ],
    "samuel": [[("Oat flat white", 1), ("Almond croissant", 1), ("Soup and bread", 2)]],
    "box 14": [[("Pastry box for 14", 1)]],
    "box 8": [[("Pastry box for 8", 1)]],
    "rolls": [[("Breakfast roll", 40)]],
    "site": [[("Sandwich tray", 3), ("Pastry box for 8", 2)]],
    "hotel": [[("Bread roll", 60), ("Almond croissant", 18)], [("Bread roll", 48)]],
    "meeting": [[("Sandwich tray", 1)], [("Sandwich tray", 2), ("Lemon tart", 1)]],
    "guests": [[("Country white", 6), ("Almond croissant", 12)], [("Country white", 8)]],
}
_EXTRAS: dict[str, list[tuple[str, int, float]]] = {
    "coffee": [("Almond croissant", 1, 0.25), ("Cinnamon bun", 1, 0.12), ("Cheese scone", 1, 0.1)],
    "bread": [("Cheese scone", 2, 0.35), ("Latte", 1, 0.25), ("Lemon tart", 1, 0.06)],
    "family": [("Lemon tart", 1, 0.25), ("Latte", 2, 0.3), ("Fruit loaf", 1, 0.15)],
    "weekend": [("Country white", 1, 0.6), ("Latte", 2, 0.4), ("Lemon tart", 1, 0.2)],
    "cakes": [("Lemon tart", 1, 0.15)],
    "ruth": [("Cheese scone", 2, 0.6), ("Lemon tart", 1, 0.3)],
    "hotel": [("Fruit loaf", 4, 0.3)],
    "site": [("Lemon tart", 2, 0.3)],
}


def lines_of(*items: tuple[str, int]) -> Basket:
    """A basket of exactly these things."""
    return tuple(Line(what, many, many * PRICES[what]) for what, many in items)


def filled(kind: str, lot: random.Random) -> Basket:
    """A basket as such a visit usually has it."""
    items = list(lot.choice(_ALWAYS[kind]))
    for what, many, chance in _EXTRAS.get(kind, []):
        if lot.random() < chance and all(what != have for have, _ in items):
            items.append((what, many))
    return lines_of(*items)


def worth_of(basket: Basket) -> int:
    return sum(line.total_minor for line in basket)
