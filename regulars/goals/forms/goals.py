"""What the forms of goals take."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from regulars.core.actor import Actor
from regulars.goals.actions.goals import Told
from regulars.goals.choices import Counts, Place, Whom
from regulars.goals.forms.breaking_even import MoneyForm, major
from regulars.goals.models import Goal
from regulars.goals.queries.breaking_even import product_groups
from regulars.goals.queries.goals import Group, givable_to, known_places
from regulars.goals.reckoning import last_of
from regulars.insight.choices import Tier
from regulars.lists.queries.segments import segments_for
from regulars.team.queries import the_named_business

LONGEST = 300


def _day(label: Any, **more: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **more)


class GoalForm(MoneyForm):
    """For whom, for how long, how much, and who sees to it."""

    group = forms.ChoiceField(
        label=_("Who, or what, is it about?"),
        error_messages={"invalid_choice": _("This group is gone meanwhile. Choose another.")},
    )
    amount = forms.DecimalField(
        min_value=Decimal(0), max_digits=14, decimal_places=3,
        label=_("How much are they to bring?"),
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )  # fmt: skip
    from_on = _day(_("From"))
    until_on = _day(_("Until, this day included"))
    manager = forms.ChoiceField(
        required=False, label=_("Who sees to it?"),
        help_text=_("It is offered to them: they take it on, pass it on, or hand it back."),
        error_messages={"invalid_choice": _(
            "They are not on the team any more, or only look on. Choose somebody else."
        )},
    )  # fmt: skip
    counts = forms.ChoiceField(
        choices=Counts.choices, initial=Counts.ALL, label=_("What counts?"),
        widget=forms.RadioSelect,
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, at: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        group, manager = self.fields["group"], self.fields["manager"]
        assert isinstance(group, forms.ChoiceField)
        assert isinstance(manager, forms.ChoiceField)
        group.choices = _groups(actor, at)
        manager.choices = [
            ("", gettext("nobody yet")),
            *((str(one.pk), one.name) for one in givable_to()),
        ]
        this_month = the_named_business().day_of(at).replace(day=1)
        self.initial = {
            "from_on": this_month, "until_on": last_of(this_month), **self.initial
        }  # fmt: skip

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        begins, ends = told.get("from_on"), told.get("until_on")
        if begins and ends and ends < begins:
            self.add_error("until_on", gettext("It ends on the day on which it begins, or later."))
        if told.get("amount") == 0:
            self.add_error("amount", gettext("A goal of nought is reached already."))
        return told

    def told(self) -> Told:
        given = self.cleaned_data
        return Told(
            _group(given["group"]), given["from_on"], given["until_on"],
            self.minor("amount") or 0, self.currency,
            int(given["manager"]) if given["manager"] else None, given["counts"],
        )  # fmt: skip

    @classmethod
    def of(cls, goal: Goal, *, actor: Actor, at: datetime) -> "GoalForm":
        return cls(
            currency=goal.currency, actor=actor, at=at, auto_id=f"goal-{goal.pk}-%s",
            initial={
                "group": choice_of(goal), "amount": major(goal.amount_minor, goal.currency),
                "from_on": goal.from_on, "until_on": goal.until_on,
                "manager": goal.manager_id or "", "counts": goal.counts,
            },
        )  # fmt: skip


Choices = list[tuple[str, Any]]


def _groups(actor: Actor, at: datetime) -> Choices:
    """All that a goal can be about, as one list with headings."""
    tiers = [(f"tier:{one.value}", str(one.label)) for one in Tier]
    segments = [(f"segment:{one.pk}", one.name) for one in segments_for(actor, at)]
    goods = [(f"goods:{one.pk}", one.name) for one in product_groups()]
    places = [
        (f"region:{kind}:{name}", _place(name, kind, count)) for kind, name, count in known_places()
    ]
    found: Choices = [("all", gettext("All customers")), (gettext("Tiers"), tiers)]
    for heading, rows in (
        (gettext("Segments"), segments), (gettext("What is sold"), goods),
        (gettext("Places"), places),
    ):  # fmt: skip
        if rows:
            found.append((heading, rows))
    return found


def _place(name: str, kind: str, count: int) -> str:
    return gettext("%(name)s (%(kind)s, %(count)s)") % {
        "name": name, "kind": str(Place(kind).label), "count": count,
    }  # fmt: skip


def _group(choice: str) -> Group:
    whom, _colon, rest = choice.partition(":")
    if whom == Whom.TIER:
        return Group(whom, tier=rest)
    if whom == Whom.SEGMENT:
        return Group(whom, segment_id=int(rest))
    if whom == Whom.GOODS:
        return Group(whom, goods_id=int(rest))
    if whom == Whom.REGION:
        kind, _colon, place = rest.partition(":")
        return Group(whom, place_kind=kind, place=place)
    return Group(Whom.EVERYBODY)


def choice_of(goal: Goal) -> str:
    values = {
        Whom.TIER.value: f"tier:{goal.tier}",
        Whom.SEGMENT.value: f"segment:{goal.segment_id}",
        Whom.GOODS.value: f"goods:{goal.goods_id}",
        Whom.REGION.value: f"region:{goal.place_kind}:{goal.place}",
    }
    return values.get(goal.whom, "all")


class AnswerForm(forms.Form):
    """Passing a goal on, or handing it back."""

    to = forms.ChoiceField(required=False, label=_("To whom?"))
    words = forms.CharField(
        required=False, max_length=LONGEST, label=_("A word on why"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(self, *args: Any, goal: Goal, **options: Any) -> None:
        super().__init__(*args, **options)
        to = self.fields["to"]
        assert isinstance(to, forms.ChoiceField)
        to.choices = [("", gettext("back to the owners"))] + [
            (str(one.pk), one.name) for one in givable_to() if one.pk != goal.manager_id
        ]
