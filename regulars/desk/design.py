"""The living page of the look: every component in every state, for the people who build."""

from datetime import date, timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from regulars.core import clock
from regulars.core.errors import Refusal
from regulars.core.money import Money
from regulars.core.strip import rhythm_strip

_TIERS = ("core", "active", "new", "slipping", "lapsed", "lost")
_CHANNELS = ("visit", "call", "note", "email", "text", "chat", "social", "letter", "post")
_MARKS = ("purchase", "promise", "mirror", "later")
_COLOURS = {
    gettext_lazy("Surfaces and lines"): (
        "counter paper inset sheet rule rule-strong margin-line ruling".split()
    ),
    gettext_lazy("Ink, pencil, pen"): "ink ink-2 pencil pen pen-soft".split(),
    gettext_lazy("Doing and saying"): (
        "act act-hover act-soft act-line late late-soft warn warn-soft overdue marker".split()
    ),
    gettext_lazy("Cloth"): "cloth cloth-2 cloth-ink cloth-ink-2 cloth-mark".split(),
    gettext_lazy("Charts"): "c1 c2 c3 c4 c5 c6 heat-0 heat-1 heat-2 heat-3 heat-4".split(),
}


class SampleForm(forms.Form):
    """Fields of each kind, so that their states can be seen."""

    name = forms.CharField(label=gettext_lazy("Name"))
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        help_text=gettext_lazy("Only used to send the invitation."),
        required=False,
    )
    tier = forms.ChoiceField(
        label=gettext_lazy("Tier"),
        choices=[("core", gettext_lazy("Core")), ("new", gettext_lazy("New"))],
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("Best reached by"),
        widget=forms.RadioSelect,
        choices=[("call", gettext_lazy("Call")), ("visit", gettext_lazy("Visit"))],
        required=False,
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        widget=forms.Textarea(attrs={"class": "ruled", "rows": 3}),
        required=False,
    )
    agreed = forms.BooleanField(label=gettext_lazy("Agreed to letters"), required=False)


@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """Show every component in all its states."""
    today = timezone.localtime(clock.now()).date()
    wrong = SampleForm({"name": "", "email": "ruth at calloway", "tier": "core"}, prefix="wrong")
    wrong.add_error(None, _("Someone else changed this customer a minute ago."))
    return render(
        request,
        "desk/design.html",
        {
            "form": SampleForm(prefix="right"),
            "wrong": wrong,
            "tiers": _TIERS,
            "channels": _CHANNELS,
            "marks": _MARKS,
            "colours": _COLOURS,
            "refusal": Refusal(
                _("Ruth asked us not to send texts with offers."),
                _("Call her, or write to her by hand."),
            ),
            "amounts": [Money(840, "GBP"), Money(25030000, "GBP"), Money(1200, "JPY")],
            "days": [today + timedelta(days=apart) for apart in (-400, -40, -3, -1, 0, 1, 4)],
            "parts": [("same", 276), ("2", 118), ("1", 31), ("3", 9), ("late", 4)],
            "balance": [("1", 9), ("2", 4), ("3", 1)],
            "tier_bars": _tier_bars(),
            "strips": _strips(today),
            **_ruth(today),
        },
    )


def _tier_bars() -> list[dict[str, object]]:
    rows = (
        ("core", 38, 250_300), ("active", 171, 133_800), ("new", 29, 12_900),
        ("slipping", 62, 25_900), ("lapsed", 74, 8_700), ("lost", 38, 0),
    )  # fmt: skip
    return [
        {
            "tier": tier,
            "count": count,
            "count_share": count / 171,
            "spent": Money(spent * 100, "GBP"),
            "spent_share": spent / 250_300,
        }
        for tier, count, spent in rows
    ]


def _visits(today: date, *, every: int, since: int, until: int) -> list[date]:
    """Days on which someone came, `since` to `until` days ago, never quite regularly."""
    wobble = (0, 1, -1, 0, 2, -2, 0, 1)
    ago = range(since, until - 1, -every)
    return [today - timedelta(days=day + wobble[i % 8]) for i, day in enumerate(ago) if day > 2]


def _ruth(today: date) -> dict[str, SafeString]:
    shut = (today - timedelta(days=52), today - timedelta(days=33))
    visits = [
        day for day in _visits(today, every=6, since=364, until=19) if not shut[0] <= day <= shut[1]
    ]

    def ruth(weeks: int, height: int) -> SafeString:
        return rhythm_strip(
            purchases=visits,
            today=today,
            weeks=weeks,
            due_on=today - timedelta(days=13),
            closures=[shut],
            label=_("Her purchases: about every 6 days, none for 19 days."),
            height=height,
        )

    return {"ruth_wide": ruth(52, 76), "ruth_narrow": ruth(16, 68), "ruth_row": ruth(26, 28)}


def _strips(today: date) -> list[tuple[str, SafeString]]:
    shut = (today - timedelta(days=52), today - timedelta(days=33))
    kinds: list[tuple[str, list[date], date | None, list[tuple[date, date]]]] = [
        (_("On time: every 9 days, now 4"), _visits(today, every=9, since=180, until=4), None, []),
        (
            _("Overdue: every 12 days, now 65, closed for three weeks of them"),
            _visits(today, every=12, since=180, until=65),
            today - timedelta(days=53),
            [shut],
        ),
        (_("New: came twice"), [today - timedelta(days=20), today - timedelta(days=6)], None, []),
        (_("Over 60 purchases: one stroke a week, as high as they are many"),
         [today - timedelta(days=d) for d in range(1, 182) if d % 7 < 2 + d // 14 % 5],
         None, []),
        (_("Never came"), [], None, [shut]),
    ]  # fmt: skip
    return [
        (
            words,
            rhythm_strip(
                purchases=visits,
                today=today,
                weeks=26,
                due_on=due_on,
                closures=closures,
                label=words,
                height=64,
            ),
        )
        for words, visits, due_on, closures in kinds
    ]
