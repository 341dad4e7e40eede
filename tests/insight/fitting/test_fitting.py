"""Fits where the truth is known: made-up customers, slopes by differences, few and none."""

from types import ModuleType

import numpy as np
import pytest

from regulars.insight.fitting import bg_nbd, gamma_gamma, pareto_nbd
from regulars.insight.fitting.bg_nbd import BgNbd
from regulars.insight.fitting.cells import Cells
from regulars.insight.fitting.climbing import Hill, approached

TRUE = (0.5, 5.0, 0.8, 2.5)


def simulated(count: int, *, seed: int, days: int = 600) -> Cells:
    """Customers who buy and stop as BG/NBD has it, first bought within the first 200 days."""
    lot = np.random.default_rng(seed)
    r, alpha, a, b = TRUE
    pace, stop = lot.gamma(r, 1 / alpha, count), lot.beta(a, b, count)
    age = days - lot.integers(0, 200, count)
    repeats, recency = np.zeros(count, dtype=int), np.zeros(count, dtype=int)
    for one in range(count):
        day = 0.0
        while (day := day + lot.exponential(7 / pace[one])) <= age[one]:
            repeats[one] += 1
            recency[one] = max(1, int(day))
            if lot.random() < stop[one]:
                break
    return Cells.of_customers(repeats, recency, age)


def steepness(hill: Hill, at: np.ndarray) -> np.ndarray:
    steps = np.eye(len(at)) * 1e-6
    return np.array([(hill(at + step)[0] - hill(at - step)[0]) / 2e-6 for step in steps])


@pytest.mark.parametrize("model", [bg_nbd, pareto_nbd], ids=["bg_nbd", "pareto_nbd"])
@pytest.mark.parametrize("at", [(0.5, 9, 0.9, 3), (2, 30, 4, 0.5)], ids=["near", "far"])
def test_gradients_are_those_of_the_likelihood(model: ModuleType, at: tuple[float, ...]) -> None:
    hill = model.hill_of(simulated(300, seed=3))
    logs = np.log(np.array(at))

    assert hill(logs)[1] == pytest.approx(steepness(hill, logs), rel=1e-5, abs=1e-3)


def test_the_gradient_of_gamma_gamma() -> None:
    lot = np.random.default_rng(5)
    hill = gamma_gamma.hill_of(lot.integers(1, 9, 200).astype(float), lot.gamma(4, 8, 200))
    logs = np.log(np.array([5.0, 3.0, 20.0]))

    assert hill(logs)[1] == pytest.approx(steepness(hill, logs), rel=1e-5, abs=1e-3)


def test_the_truth_lies_within_three_standard_errors() -> None:
    top = bg_nbd.fitted(simulated(4000, seed=1))

    errors = top.errors()
    assert errors is not None
    for found, error, true in zip(top.parameters, errors, TRUE, strict=True):
        assert abs(found - true) < 3 * error


def test_counted_histories_say_the_same_as_one_by_one() -> None:
    cells = simulated(500, seed=2)
    rows = np.repeat(np.arange(len(cells)), cells.customers)
    lot = np.random.default_rng(9)
    lot.shuffle(rows)

    again = Cells.of_customers(cells.repeats[rows], cells.recency[rows], cells.age[rows])

    assert bg_nbd.fitted(again).parameters == bg_nbd.fitted(cells).parameters
    assert again.customer_count == 500


@pytest.mark.parametrize("model", [bg_nbd, pareto_nbd], ids=["bg_nbd", "pareto_nbd"])
def test_a_start_on_few_histories_ends_at_the_same_top(
    monkeypatch: pytest.MonkeyPatch, model: ModuleType
) -> None:
    cells = simulated(3000, seed=4)
    straight = model.fitted(cells)

    monkeypatch.setattr(model, "_MANY_CELLS", 1000)
    monkeypatch.setattr(model, "_CELLS_AT_FIRST", 300)
    roundabout = model.fitted(cells)

    assert len(cells) > 1000
    assert roundabout.parameters == pytest.approx(straight.parameters, rel=1e-4)
    assert roundabout.log_likelihood == pytest.approx(straight.log_likelihood, abs=1e-6)
    assert roundabout.errors() == pytest.approx(straight.errors(), rel=1e-3)


def test_a_start_on_few_spends_ends_at_the_same_top(monkeypatch: pytest.MonkeyPatch) -> None:
    lot = np.random.default_rng(6)
    times, pace = lot.integers(1, 9, 3000), lot.gamma(3.5, 1 / 15, 3000)
    means = lot.gamma(6.0 * times, 1 / (pace * times))
    straight = gamma_gamma.fitted(times, means)

    monkeypatch.setattr(gamma_gamma, "_MANY", 1000)
    monkeypatch.setattr(gamma_gamma, "_AT_FIRST", 300)
    roundabout = gamma_gamma.fitted(times, means)

    assert roundabout.parameters == pytest.approx(straight.parameters, rel=1e-4)
    assert roundabout.errors() == pytest.approx(straight.errors(), rel=1e-3)


def test_a_rough_likelihood_that_misleads_costs_time_only() -> None:
    """Flat and elsewhere: its steps lead far beyond the top, so the whole is climbed after all."""
    cells = simulated(500, seed=2)
    hill, customers = bg_nbd.hill_of(cells), cells.customer_count

    def flat(logs: np.ndarray) -> tuple[float, np.ndarray]:
        away = logs - np.log([2.0, 1.0, 3.0, 1.0])
        return -float(away @ away), -2 * away

    found = approached(hill, flat, (1.0, 1.0, 1.0, 1.0), customers=customers)

    assert found.parameters == pytest.approx(bg_nbd.fitted(cells).parameters, rel=1e-4)


def test_where_nobody_stopped_the_data_do_not_determine_the_model() -> None:
    """Everyone came on the last day: no chance to stop fits best, and there is no top."""
    age = np.arange(100, 160)

    top = bg_nbd.fitted(Cells.of_customers(age // 10, age, age))

    assert not top.is_determined
    assert top.errors() is None
    assert top.error_of(sum) is None


@pytest.mark.parametrize(
    ("repeats", "recency", "age"), [(1, 5, 4), (1, -1, 4), (-1, 0, 4)],
    ids=["after the end", "before the first", "less than none"],
)  # fmt: skip
def test_impossible_histories_are_refused(repeats: int, recency: int, age: int) -> None:
    with pytest.raises(ValueError, match="purchase"):
        Cells.of_customers([repeats], [recency], [age])
    with pytest.raises(ValueError, match="purchase"):
        Cells.of_counts([repeats], [recency], [age], [1])


def test_spends_of_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="above zero"):
        gamma_gamma.fitted([1, 2], [10.0, 0.0])


def test_customers_stray_from_what_is_expected_as_far_as_is_said() -> None:
    """Over 8,000 made-up customers: squares of what came less what was expected, by `variance`."""
    lot = np.random.default_rng(11)
    model, (r, alpha, a, b) = BgNbd(*TRUE), TRUE
    pace, stop = lot.gamma(r, 1 / alpha, 8000), lot.beta(a, b, 8000)
    past, came = lived(lot, pace, stop, weeks=52, more=26)
    history = (past[:, 0], past[:, 1], np.full(8000, 52.0))

    strayed = float(((came - model.expected(*history, 26)) ** 2).sum())
    said = float(model.variance(*history, 26).sum())

    assert 0.85 < strayed / said < 1.15
    # Customers who differ stray twice as far as chance alone would have it.
    assert said > 1.5 * float(model.expected(*history, 26).sum())


def lived(
    lot: np.random.Generator, pace: np.ndarray, stop: np.ndarray, *, weeks: float, more: float
) -> tuple[np.ndarray, np.ndarray]:
    """Repeats and the week of the last (n, 2) up to `weeks`; purchases in the weeks after (n,)."""
    past, future = np.zeros((len(pace), 2)), np.zeros(len(pace))
    for one in range(len(pace)):
        week = 0.0
        while (week := week + lot.exponential(1 / pace[one])) <= weeks + more:
            if week <= weeks:
                past[one] = past[one, 0] + 1, week
            else:
                future[one] += 1
            if lot.random() < stop[one]:
                break
    return past, future
