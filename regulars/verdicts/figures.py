"""Verdicts for machines: `regulars insight show verdicts`."""

from datetime import date
from typing import Any

from regulars.insight.counting import Counted
from regulars.insight.figures import FIGURES
from regulars.verdicts.models import Trial
from regulars.verdicts.pooling import Pooled
from regulars.verdicts.queries import looks_at, trials_drawn, verdicts_together

ALL = "all"


def rows_of_verdicts(result: Counted) -> list[dict[str, Any]]:
    """One row for each trial whose lot had fallen by the day, and one for all that are over."""
    rows = [
        _row(trial, result.as_of)
        for trial in trials_drawn()
        if trial.begins_on and trial.begins_on <= result.as_of
    ]
    together = verdicts_together(as_of=result.as_of)
    if together is not None:
        rows.append(_pooled_row(together.word, together.rate, together.money))
    return rows


def _row(trial: Trial, day: date) -> dict[str, Any]:
    looks = [one for one in looks_at(trial) if one.as_of <= day]
    verdict = looks[0] if looks else None
    rate, money = (verdict.rate, verdict.money) if verdict else ({}, {})
    return {
        "occasion": trial.occasion, "name": trial.name, "begins_on": trial.begins_on,
        "ends_on": trial.ends_on, "customers": trial.list_count,
        "left_out": trial.left_out_count, "word": verdict.word if verdict else None,
        "is_last": bool(verdict and verdict.is_last),
        "bought_got": rate.get("got_mean"), "bought_left_out": rate.get("left_mean"),
        "more": rate.get("difference"), "low": rate.get("low"), "high": rate.get("high"),
        "money_word": verdict.money_word if verdict else None,
        "money_more_minor": money.get("difference"), "money_low_minor": money.get("low"),
        "money_high_minor": money.get("high"),
    }  # fmt: skip


def _pooled_row(word: str, rate: Pooled, money: Pooled | None) -> dict[str, Any]:
    return {
        "occasion": ALL, "name": None, "begins_on": None, "ends_on": None,
        "customers": rate.customers, "left_out": None, "word": word, "is_last": True,
        "bought_got": None, "bought_left_out": None, "more": rate.difference, "low": rate.low,
        "high": rate.high, "money_word": None,
        "money_more_minor": money.difference if money else None,
        "money_low_minor": money.low if money else None,
        "money_high_minor": money.high if money else None,
    }  # fmt: skip


FIGURES.register("verdicts", rows_of_verdicts)
