"""How often somebody comes: purchase days from a rhythm, the seasons, and the fire."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from regulars.demo.scene import Scene


@dataclass(frozen=True, slots=True)
class Habit:
    """A rhythm. Days are counted back from the day of the scene.

    `grows` is by how much gaps shrink over the two years (0.3: from 1 to 0.7; below zero they
    grow). `back` says how many days after the reopening they first came again, None for not yet.
    """

    every: float
    basket: str
    spread: float = 0.3
    starts: int = 728
    ends: int = 1
    back: int | None = 2
    weekday: int | None = None
    grows: float = 0.0
    last: tuple[int, ...] = ()
    ahead: int = 0


def days_of(habit: Habit, scene: Scene, lot: random.Random) -> list[date]:
    """Every day on which they bought, in order."""
    stop = scene.ago(max(habit.ends, habit.last[0] + 1 if habit.last else 0))
    if habit.back is None:
        stop = min(stop, scene.burnt_on - timedelta(days=1))
    walked = [day for day in _walk(habit, scene, lot) if day <= stop]
    if habit.last:
        # Room for one usual gap before what the story tells day by day.
        room = scene.ago(habit.last[0]) - timedelta(days=max(1, round(habit.every * 0.7)))
        walked = [day for day in walked if day <= room]
    return sorted({*walked, *(scene.told(days) for days in habit.last)})


def _walk(habit: Habit, scene: Scene, lot: random.Random) -> Iterator[date]:
    day = _snapped(scene.ago(habit.starts), habit.weekday)
    exact = float(day.toordinal())
    while day < scene.day:
        if scene.is_open(day):
            yield day
        exact += _gap(habit, scene, day, lot)
        reached = _snapped(date.fromordinal(round(exact)), habit.weekday)
        soonest = day + timedelta(days=1 if habit.weekday is None else 7)
        day = _after_the_fire(max(reached, soonest), habit, scene)
        if habit.weekday is None:
            exact = max(exact, float(day.toordinal()) - 0.5)
        elif day > reached:
            exact = float(day.toordinal())


def _gap(habit: Habit, scene: Scene, day: date, lot: random.Random) -> float:
    passed = 1 - (scene.day - day).days / max(1, (scene.day - scene.first_day).days)
    trend = max(0.3, 1 - habit.grows * passed)
    return habit.every * trend * lot.lognormvariate(0, habit.spread) / scene.busy(day)


def _snapped(day: date, weekday: int | None) -> date:
    """The nearest such weekday."""
    if weekday is None:
        return day
    ahead = (weekday - day.weekday()) % 7
    return day + timedelta(days=ahead if ahead <= 3 else ahead - 7)


def _after_the_fire(day: date, habit: Habit, scene: Scene) -> date:
    """Whoever would have come while we were closed comes again when the habit says."""
    if habit.back is None or not scene.burnt_on <= day < scene.reopened_on + timedelta(
        days=habit.back
    ):
        return day
    first = scene.reopened_on + timedelta(days=habit.back)
    if habit.weekday is None:
        return first
    return first + timedelta(days=(habit.weekday - first.weekday()) % 7)
