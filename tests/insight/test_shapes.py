"""What is drawn stays on its sheet."""

from regulars.insight.charts.shapes import Bar, bars


def test_the_last_label_of_bars_ends_at_the_edge_where_it_would_reach_over_it() -> None:
    months = [Bar(f"Sept {nth}", nth, "") for nth in range(10, 22)]

    def last_label(width: float) -> dict[str, str]:
        [last] = [one for one in bars(width, months, str).marks if one.words == "Sept 21"]
        return dict(last.at)

    narrow, wide = last_label(360), last_label(984)
    assert (narrow["x"], narrow["text-anchor"]) == ("360", "end")
    assert wide["text-anchor"] == "middle"
    assert float(wide["x"]) < 984
