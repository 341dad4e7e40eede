"""The published estimates on the sample of CDNOW, to the last printed digit.

Fader, Hardie and Lee (2005) and their notes; `tests/insight/test_models.py` has what the product
makes of the file of purchases itself.
"""

import csv
from pathlib import Path

import numpy as np
import pytest

from regulars.insight.fitting import bg_nbd, pareto_nbd
from regulars.insight.fitting.cells import Cells

pytestmark = pytest.mark.realdata


@pytest.fixture
def summary(real_data: Path) -> list[dict[str, str]]:
    path = real_data / "purchases" / "cdnow_sample" / "cdnow_customers_summary_with_spend.csv"
    with path.open() as lines:
        return list(csv.DictReader(lines))


@pytest.fixture
def cells(summary: list[dict[str, str]]) -> Cells:
    """Weeks in the file are whole days divided by seven."""
    return Cells.of_customers(
        [int(row["x"]) for row in summary],
        [round(float(row["t_x"]) * 7) for row in summary],
        [round(float(row["T"]) * 7) for row in summary],
    )


def test_bg_nbd(cells: Cells) -> None:
    top = bg_nbd.fitted(cells)

    r, alpha, a, b = top.parameters
    assert (round(r, 3), round(alpha, 3), round(a, 3), round(b, 3)) == (0.243, 4.414, 0.793, 2.426)
    assert round(top.log_likelihood, 1) == -9582.4
    assert cells.customer_count == 2357
    assert cells.repeater_count == 946


def test_pareto_nbd(cells: Cells) -> None:
    top = pareto_nbd.fitted(cells)

    r, alpha, s, beta = top.parameters
    assert (round(r, 3), round(alpha, 2), round(s, 3)) == (0.553, 10.58, 0.606)
    assert beta == pytest.approx(11.66, abs=0.02)
    assert round(top.log_likelihood, 1) == -9595.0


def test_the_one_customer_of_the_papers(cells: Cells) -> None:
    """26 repeats, the last after 30.86 weeks of 31: the next 52 weeks."""
    by_bg = bg_nbd.BgNbd(*bg_nbd.fitted(cells).parameters)
    by_pareto = pareto_nbd.ParetoNbd(*pareto_nbd.fitted(cells).parameters)

    history = (np.array([26.0]), np.array([30.86]), np.array([31.0]))

    assert round(float(by_bg.expected(*history, 52)[0]), 2) == 25.76
    assert round(float(by_pareto.expected(*history, 52)[0]), 2) == 25.46


def test_the_list_as_a_whole(cells: Cells) -> None:
    """What the next 39 weeks were expected to bring; 1,882 came (weeks 40 to 78)."""
    weeks = (cells.repeats.astype(float), cells.recency / 7, cells.age / 7)

    by_bg = bg_nbd.BgNbd(*bg_nbd.fitted(cells).parameters).expected(*weeks, 39)
    by_pareto = pareto_nbd.ParetoNbd(*pareto_nbd.fitted(cells).parameters).expected(*weeks, 39)

    assert round(float(cells.customers @ by_bg)) == 1653
    assert round(float(cells.customers @ by_pareto)) == 1666
