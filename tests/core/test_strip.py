"""The rhythm strip says with strokes when someone came."""

import re
from datetime import date, timedelta

from regulars.core.strip import rhythm_strip

TODAY = date(2026, 11, 24)


def _strip(
    *,
    purchases: list[date] | None = None,
    weeks: int = 26,
    due_on: date | None = None,
    closures: list[tuple[date, date]] | None = None,
    label: str = "every 6 days, now 19",
    height: int = 28,
) -> str:
    return rhythm_strip(
        purchases=purchases or [],
        today=TODAY,
        weeks=weeks,
        due_on=due_on,
        closures=closures or [],
        label=label,
        height=height,
    )


def _ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def _xs(svg: str, css_class: str) -> list[float]:
    return [float(x) for x in re.findall(rf'class="{css_class}" x1?="([\d.]+)%"', svg)]


def test_one_stroke_a_purchase_in_order_of_time() -> None:
    svg = _strip(purchases=[_ago(1), _ago(91), _ago(0)])

    assert _xs(svg, "tick") == [47.75, 94.98, 95.5]


def test_purchases_before_the_strip_and_after_today_are_not_drawn() -> None:
    svg = _strip(purchases=[_ago(26 * 7), _ago(26 * 7 - 1), TODAY + timedelta(days=1)])

    assert _xs(svg, "tick") == [0.52]


def test_over_sixty_purchases_become_one_stroke_a_week_as_high_as_they_are_many() -> None:
    fourteen_days_twice = [_ago(d) for d in range(14) for _ in range(2)]
    one_a_day_before = [_ago(d) for d in range(14, 56)]
    svg = _strip(purchases=fourteen_days_twice + one_a_day_before, weeks=8)
    tops = [float(y) for y in re.findall(r'class="tick week"[^>]* y1="([\d.]+)"', svg)]

    assert tops == [15.2] * 6 + [5.3] * 2


def test_the_overdue_stretch_runs_from_the_due_day_to_today_under_the_hatch() -> None:
    svg = _strip(due_on=_ago(91), closures=[(_ago(60), _ago(41))])
    gap = re.search(r'<rect class="gap" x="([\d.]+)%" y="2" width="([\d.]+)%"', svg)

    assert gap is not None
    assert (gap[1], gap[2]) == ("47.75", "47.75")
    assert svg.index('class="gap"') < svg.index('class="shut"') < svg.index('class="due"')


def test_nobody_is_overdue_before_the_due_day() -> None:
    assert 'class="gap"' not in _strip(due_on=TODAY + timedelta(days=2))
    assert 'class="gap"' not in _strip(due_on=TODAY)
    assert 'class="due"' in _strip(due_on=TODAY)


def test_a_due_day_before_the_strip_tints_all_of_it() -> None:
    svg = _strip(due_on=_ago(400))

    assert 'class="gap" x="0.00%" y="2" width="95.50%"' in svg
    assert 'class="due"' not in svg


def test_a_closure_takes_both_its_days_and_is_cut_at_the_edges() -> None:
    one_day = _strip(closures=[(_ago(91), _ago(91))])
    still_closed = _strip(closures=[(_ago(400), TODAY + timedelta(days=9))])

    assert 'x="47.75%" y="2" width="0.52%"' in one_day
    assert 'x="0.00%" y="2" width="95.50%"' in still_closed
    assert 'class="shut"' not in _strip(closures=[(_ago(400), _ago(300))])


def test_a_high_strip_names_its_months_the_closure_and_today() -> None:
    svg = _strip(closures=[(_ago(52), _ago(33))], height=70)

    assert re.findall(r"<text[^>]*>([^<]+)</text>", svg) == [
        "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "closed", "today",
    ]  # fmt: skip
    assert "<text" not in _strip(closures=[(_ago(52), _ago(33))], height=28)


def test_a_year_names_every_second_month() -> None:
    svg = _strip(weeks=52, height=76)

    assert len(re.findall(r"<text", svg)) == 7


def test_it_is_a_picture_with_a_label_and_nothing_a_policy_refuses() -> None:
    svg = _strip(label='"><script>alert(1)</script>', purchases=[_ago(3)], height=70)

    assert svg.startswith(
        '<svg class="rhythm" width="100%" height="70" role="img" aria-label="&quot;'
    )
    assert re.findall(r"<script|style=| id=", svg) == []


def test_the_same_days_give_the_same_drawing() -> None:
    days = [_ago(d) for d in range(3, 150, 7)]

    assert _strip(purchases=days) == _strip(purchases=list(reversed(days)))
