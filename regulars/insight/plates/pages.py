"""The pages of insight: which plates each has, and who paints them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from regulars.insight.models import KeptFigure
from regulars.insight.plates.goods import (
    goods,
    seconds,
    title_behind_goods,
    title_behind_seconds,
)
from regulars.insight.plates.plate import Painter
from regulars.insight.plates.week_by_week import baseline
from regulars.insight.plates.what_comes import ahead, concentration
from regulars.insight.plates.when_they_buy import months, season, weekdays
from regulars.insight.plates.who_is_due import dues
from regulars.insight.plates.who_moves import flows, title_behind
from regulars.insight.plates.who_stays import cohorts, retention

if TYPE_CHECKING:
    # Lives in the stubs only.
    from django.utils.functional import _StrPromise

PAINTERS: dict[str, Painter] = {
    "concentration": concentration, "cohorts": cohorts, "retention": retention, "flows": flows,
    "dues": dues, "goods": goods, "seconds": seconds, "months": months, "weekdays": weekdays,
    "season": season, "baseline": baseline, "ahead": ahead,
}  # fmt: skip


# What the customers behind a number are called, of figures that keep them.
TITLES: dict[str, Callable[[KeptFigure, str], str | None]] = {
    "flows": title_behind, "goods": title_behind_goods, "seconds": title_behind_seconds,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Page:
    """A page of insight: its address, its tab, and the figures on it from above to below."""

    slug: str
    tab: "str | _StrPromise"
    figures: Sequence[str]


PAGES = (
    Page("few", _("Who carries us"), ("concentration",)),
    Page("stays", _("Who stays"), ("cohorts", "retention")),
    Page("moves", _("Who moves"), ("flows",)),
    Page("due", _("Who is due"), ("dues",)),
    Page("goods", _("What they buy"), ("goods", "seconds")),
    Page("when", _("When they buy"), ("baseline", "months", "weekdays", "season")),
    Page("ahead", _("What comes"), ("ahead",)),
)
PAGE_OF = {page.slug: page for page in PAGES}
