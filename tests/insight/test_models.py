"""The models by the product itself: from orders in the database to figures by name."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from regulars.insight.figures import figure
from regulars.insight.fitting.bg_nbd import BgNbd
from regulars.insight.fitting.gamma_gamma import GammaGamma
from regulars.team.models import Business, Member
from tests.factories.insight import A_MORNING, days_ago, make_buyer
from tests.insight.test_cdnow import CALIBRATION_ENDS_ON, CUSTOMERS, REPEATERS, bring_in

# Models see what was fetched, which `test_refresh` and `test_figures` compare on each database.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.same_on_each]


def rows(name: str, as_of: date | None = None) -> list[dict[str, Any]]:
    found = figure(name, as_of=as_of, at=A_MORNING)
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


def parameters(as_of: date | None = None) -> dict[str, list[dict[str, Any]]]:
    by_model: dict[str, list[dict[str, Any]]] = {}
    for row in rows("models", as_of):
        by_model.setdefault(row["model"], []).append(row)
    return by_model


@pytest.fixture
def cdnow(real_data: Path, business: Business) -> None:
    business.currency = "USD"
    business.save()
    bring_in(real_data / "purchases" / "cdnow_sample")


@pytest.mark.realdata
@pytest.mark.usefixtures("cdnow")
def test_the_published_parameters_from_the_file_of_purchases() -> None:
    """To the last printed digit, as of the end of the papers' calibration."""
    found = parameters(CALIBRATION_ENDS_ON)

    values = {name: [row["value"] for row in of_one] for name, of_one in found.items()}
    assert [round(value, 3) for value in values["BG/NBD"]] == [0.243, 4.414, 0.793, 2.426]
    assert [round(value, 2) for value in values["Gamma-Gamma"]] == [6.25, 3.74, 15.44]
    assert [round(value, 3) for value in values["Pareto/NBD"]][:3] == [0.553, 10.578, 0.606]
    assert round(found["BG/NBD"][0]["log_likelihood"], 1) == -9582.4
    assert {row["customers"] for row in found["BG/NBD"]} == {CUSTOMERS}
    assert {row["customers"] for row in found["Gamma-Gamma"]} == {REPEATERS}


@pytest.mark.realdata
@pytest.mark.usefixtures("cdnow")
def test_the_engine_foretells_what_the_formula_says() -> None:
    """By its series for most, looked up for the young: each equal to the exact formula."""
    as_of = date(1997, 4, 15)  # some have bought for the first time two weeks ago
    found = parameters(as_of)
    model = BgNbd(*(row["value"] for row in found["BG/NBD"]))
    spend = GammaGamma(*(row["value"] for row in found["Gamma-Gamma"]))

    foretold = rows("expected", as_of)

    repeats = np.array([float(row["repeats"]) for row in foretold])
    recency, age = (np.array([row[name] / 7 for row in foretold]) for name in ("recency", "age"))
    purchases = np.array([row["purchases"] for row in foretold])
    later = 13 / (model.alpha + age + 13)
    assert later.min() < 0.6 < later.max()
    assert np.allclose(purchases, model.expected(repeats, recency, age, 13), rtol=1e-7)
    assert {row["by"] for row in foretold} == {"models"}
    there = np.array([row["still_there"] for row in foretold])
    assert np.allclose(there, model.still_there(repeats, recency, age), rtol=1e-9)
    nobody_came_back = repeats == 0
    money = np.array([row["spend_minor"] for row in foretold])[nobody_came_back]
    each = 100 * spend.expected_spend(np.zeros(1), np.zeros(1))
    assert np.allclose(money, purchases[nobody_came_back] * each, rtol=1e-6)


@pytest.mark.realdata
@pytest.mark.usefixtures("cdnow")
def test_calibration_sets_what_came_beside_what_was_foretold() -> None:
    """Told from the books up to 91 days before their end; the tenths rise in every column."""
    tenths = rows("calibration", date(1998, 3, 31))

    by: dict[str, list[dict[str, Any]]] = {"rhythm": [], "models": []}
    for row in tenths:
        by[row["by"]].append(row)
    for of_one in by.values():
        assert [row["group"] for row in of_one] == list(range(1, 11))
        assert sum(row["customers"] for row in of_one) == CUSTOMERS
        expected, came = ([row[name] for row in of_one] for name in ("expected", "came"))
        assert expected == sorted(expected)
        assert came[-1] > 4 * came[0]
        assert sum(expected) == pytest.approx(sum(came), rel=0.25)
    chances = [row["chance"] for row in by["rhythm"]]
    assert chances == sorted(chances)
    assert chances[-1] > 0.5 > chances[0]
    shares = [row["came_share"] for row in by["rhythm"]]
    assert sum(chances) == pytest.approx(sum(shares), rel=0.25)


@pytest.mark.realdata
@pytest.mark.usefixtures("cdnow")
def test_the_forecast_has_a_band_that_widens() -> None:
    found = rows("forecast", CALIBRATION_ENDS_ON)

    assert [row["days"] for row in found] == [28, 91, 182, 364]
    for row in found:
        assert 0 <= row["low"] < row["purchases"] < row["high"]
    widths = [row["high"] - row["low"] for row in found]
    assert widths == sorted(widths)
    # Published for 39 weeks: 1,653; these are of 26 and 52.
    assert found[2]["purchases"] < 1653 < found[3]["purchases"]


def test_too_few_is_an_answer(owner: Member) -> None:
    """One regular: no parameters and no calibration; the rhythm says what to expect, and that."""
    make_buyer(*[7] * 6, last=days_ago(3))

    models, [expected], forecast = rows("models"), rows("expected"), rows("forecast")

    assert {row["value"] for row in models} == {None}
    assert (expected["repeats"], expected["by"]) == (6, "rhythm")
    assert 0.5 < expected["still_there"] < 1
    assert expected["spend_minor"] > expected["purchases"] > 1
    assert {row["purchases"] for row in forecast} == {None}
    assert rows("calibration") == []


def test_days_closed_are_not_the_customers(owner: Member, business: Business) -> None:
    from tests.factories.insight import close_between

    make_buyer(10, 30, last=days_ago(20))
    close_between(business, days_ago(45), days_ago(41))
    close_between(business, days_ago(10), days_ago(4))

    [history] = rows("expected")

    assert (history["repeats"], history["recency"], history["age"]) == (2, 35, 48)


def test_purchases_after_the_day_are_not_seen(owner: Member) -> None:
    make_buyer(10, 30, last=days_ago(5))

    [history] = rows("expected", days_ago(5) - timedelta(days=1))

    assert (history["repeats"], history["recency"], history["age"]) == (1, 10, 39)
