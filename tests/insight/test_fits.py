"""One model at a time, per day or per week, as the command prints it."""

import json
from math import log
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from scipy.special import betaln, gammaln

from regulars.cli.insight import insight
from regulars.insight.choices import TimeUnit
from regulars.insight.errors import NoSuchModel, TooFewCameBack
from regulars.insight.fits import fit_model
from regulars.insight.fitting import gamma_gamma
from regulars.insight.modelling import Fit
from regulars.team.models import Business
from tests.factories.insight import A_MORNING, add_orders, days_ago, make_buyer
from tests.insight.test_cdnow import CALIBRATION_ENDS_ON, CUSTOMERS, REPEATERS, bring_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.same_on_each]
History = tuple[float, float, float]


def run(*words: str) -> Result:
    return CliRunner().invoke(insight, ["fit", *words])


@pytest.fixture
def histories(business: Business) -> list[History]:
    """Eighty customers of whom most came back: repeats, days to the last, days to the end."""
    spread = np.random.default_rng(5)
    told: list[History] = []
    for nth in range(80):
        age = int(spread.integers(100, 400))
        days = sorted({int(day) for day in spread.integers(1, age, int(spread.geometric(0.3)))})
        days = days if nth % 5 else []
        ruth = make_buyer(last=days_ago(age), spend=1000 + nth)
        add_orders(ruth, *(days_ago(age - day) for day in days), spend=900 + 10 * nth)
        told.append((len(days), days[-1] if days else 0, age))
    return told


def likelihood(histories: list[History], told: dict[str, float]) -> float:
    """Equation 6 of Fader, Hardie and Lee (2005), in whatever unit the histories are."""
    r, alpha, a, b = (told[name] for name in ("r", "alpha", "a", "b"))
    total = 0.0
    for x, t_x, age in histories:
        height = gammaln(r + x) - gammaln(r) + r * log(alpha)
        there = betaln(a, b + x) - betaln(a, b) - (r + x) * log(alpha + age)
        gone = betaln(a + 1, b + x - 1) - betaln(a, b) - (r + x) * log(alpha + t_x) if x else -1e9
        total += height + np.logaddexp(there, gone)
    return float(total)


@pytest.mark.parametrize("unit", TimeUnit)
def test_the_likelihood_is_that_of_the_unit(histories: list[History], unit: TimeUnit) -> None:
    found = fit_model("BG/NBD", as_of=None, at=A_MORNING, time_unit=unit)

    days = 7 if unit == TimeUnit.WEEK else 1
    seen = [(x, t_x / days, age / days) for x, t_x, age in histories]
    assert (found.model, found.customers) == ("bg-nbd", 80)
    assert found.log_likelihood == pytest.approx(likelihood(seen, found.parameters), abs=1e-6)


@pytest.mark.usefixtures("histories")
def test_the_unit_changes_lengths_of_time_alone() -> None:
    week, day = (
        fit_model("pareto nbd", as_of=None, at=A_MORNING, time_unit=unit)
        for unit in (TimeUnit.WEEK, TimeUnit.DAY)
    )
    longer = {name: 7 * week.parameters[name] for name in ("alpha", "beta")}
    assert day.parameters == pytest.approx(week.parameters | longer)


def test_amounts_are_in_whole_units() -> None:
    """Fitted to pence and told in pounds is what fitting to pounds would have said."""
    spread = np.random.default_rng(7)
    times, pounds = spread.integers(1, 9, 300), spread.gamma(4, 5, 300)
    pence = Fit("", gamma_gamma.NAMES, gamma_gamma.fitted(times, pounds * 100), 300)

    told, log_likelihood = pence.told_in(100)

    at_once = gamma_gamma.fitted(times, pounds)
    assert list(told.values()) == pytest.approx(at_once.parameters, rel=1e-4)
    assert log_likelihood == pytest.approx(at_once.log_likelihood)


@pytest.mark.usefixtures("business")
def test_too_few_and_unknown_are_refused() -> None:
    make_buyer(30, 30)
    with pytest.raises(TooFewCameBack):
        fit_model("bg-nbd", as_of=None, at=A_MORNING)
    with pytest.raises(NoSuchModel, match="oracle"):
        fit_model("oracle", as_of=None, at=A_MORNING)


@pytest.mark.realdata
def test_the_command_prints_the_published_parameters(real_data: Path, business: Business) -> None:
    business.currency = "USD"
    business.save()
    bring_in(real_data / "purchases" / "cdnow_sample")
    as_of = ("--as-of", f"{CALIBRATION_ENDS_ON}")

    times = json.loads(run("bg-nbd", *as_of, "--time-unit", "week", "--json").stdout)
    spends = json.loads(run("gamma-gamma", *as_of, "--json").stdout)

    assert {name: round(value, 3) for name, value in times["parameters"].items()} == {
        "r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426,
    }  # fmt: skip
    assert round(times["log_likelihood"], 1) == -9582.4
    assert (times["customers"], spends["customers"]) == (CUSTOMERS, REPEATERS)
    assert [round(value, 2) for value in spends["parameters"].values()] == [6.25, 3.74, 15.44]
    assert "log-likelihood" in run("bg-nbd", *as_of).stdout
