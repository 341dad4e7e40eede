"""Break-even of a month, shared out: the amounts, and who sees to each."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from regulars.goals.actions.goals import Told
from regulars.goals.choices import OF_ONE, Counts, SplitBy
from regulars.goals.forms.breaking_even import MoneyForm, major
from regulars.goals.forms.goals import choice_of
from regulars.goals.goal_words import group_words
from regulars.goals.queries.goals import givable_to
from regulars.goals.queries.splitting import Split
from regulars.goals.reckoning import last_of, month_after
from regulars.insight.plates.plate import month_words

MONTHS_AHEAD = 3


class WayForm(forms.Form):
    """Which month, and by what it is shared out."""

    by = forms.ChoiceField(choices=SplitBy.choices, initial=SplitBy.TIER, label=_("By"))
    month = forms.ChoiceField(label=_("Month"))

    def __init__(self, asked: Mapping[str, str] | None = None, *, today: date) -> None:
        firsts = [month_after(today.replace(day=1), place) for place in range(MONTHS_AHEAD + 1)]
        # What an address leaves out is this month, by tier.
        usual = {"by": SplitBy.TIER.value, "month": firsts[0].isoformat()}
        super().__init__(usual | dict(asked) if asked else None)
        month = self.fields["month"]
        assert isinstance(month, forms.ChoiceField)
        month.choices = [(one.isoformat(), month_words(one)) for one in firsts]

    def chosen(self, today: date) -> tuple[date, SplitBy]:
        """What was asked for; this month by tier where nothing was, or nonsense."""
        if not self.is_valid():
            return today.replace(day=1), SplitBy.TIER
        given = self.cleaned_data
        return date.fromisoformat(given["month"]), SplitBy(given["by"])


class SplitForm(MoneyForm):
    """An amount and a person for each group, begun with what past shares say."""

    def __init__(self, *args: Any, split: Split, **options: Any) -> None:
        super().__init__(*args, **options)
        self.split = split
        people = [("", gettext("nobody yet"))] + [(str(one.pk), one.name) for one in givable_to()]
        for part in split.parts:
            key = _key(part.goal)
            self.fields[f"amount_{key}"] = forms.DecimalField(
                required=False, min_value=Decimal(0), max_digits=14, decimal_places=3,
                initial=major(part.amount_minor, self.currency),
                label=gettext("How much: %(group)s") % {"group": name_of(part.goal)},
                widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
            )  # fmt: skip
            self.fields[f"manager_{key}"] = forms.ChoiceField(
                required=False, choices=people, initial=part.manager_id or "",
                label=gettext("Who sees to it: %(group)s") % {"group": name_of(part.goal)},
            )  # fmt: skip

    def rows(self) -> list[dict[str, Any]]:
        """Each group with its two fields."""
        return [
            {
                "part": part, "name": name_of(part.goal),
                "amount": self[f"amount_{_key(part.goal)}"],
                "manager": self[f"manager_{_key(part.goal)}"],
            }
            for part in self.split.parts
        ]  # fmt: skip

    def told(self) -> list[Told]:
        """A goal for each group that is to bring something."""
        found = []
        for part in self.split.parts:
            key = _key(part.goal)
            minor, manager = self.minor(f"amount_{key}"), self.cleaned_data[f"manager_{key}"]
            if minor:
                found.append(Told(
                    part.group, self.split.first, last_of(self.split.first), minor, self.currency,
                    int(manager) if manager else None, part.counts,
                ))  # fmt: skip
        return found


def name_of(goal: Any) -> str:
    """The group, or whose customers they are."""
    if goal.counts == Counts.OWN and goal.manager is not None:
        return gettext("Customers of %(name)s") % {"name": goal.manager.name}
    return group_words(goal)


def _key(goal: Any) -> str:
    """What tells its fields from those of the others, however many came in between."""
    whose = f":{goal.manager_id}" if goal.counts in OF_ONE else ""
    return f"{choice_of(goal)}{whose}"
