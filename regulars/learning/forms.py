"""What the forms of learning take."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regulars.core.actor import Actor
from regulars.core.forms import day_widget
from regulars.learning.actions.improving import LONGEST, WINDOWS, Plan
from regulars.learning.actions.themes import LONGEST_NAME
from regulars.learning.choices import About, Mood
from regulars.learning.models import Improvement
from regulars.learning.queries.improvements import members_who_improve, subjects_for
from regulars.learning.queries.themes import Named

LONGEST_LIST = 20_000


def _words(label: Any, hint: Any) -> forms.CharField:
    return forms.CharField(
        required=False, label=label, help_text=hint, max_length=LONGEST_LIST,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )  # fmt: skip


class ThemeForm(forms.Form):
    """What a theme is called, and its words, one a line or between commas."""

    name = forms.CharField(
        max_length=LONGEST_NAME, label=_("What it is called"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    bad = _words(
        _("Words that say something is not right"),
        _("One a line, or with commas. A star at the end of a word lets any ending follow: “delay*”"
          " finds “delayed” too. “Not” before a word turns it round by itself."),
    )  # fmt: skip
    good = _words(_("Words that praise"), _("Such as “on time”, “well packed”."))
    plain = _words(
        _("Words that only name it"),
        _("How they mean it is told from what stands beside them: “the delivery was terrible”."),
    )

    @classmethod
    def of(cls, theme: Named) -> "ThemeForm":
        listed = {mood.value: "\n".join(words) for mood, words in theme.words.items()}
        return cls(initial={"name": theme.name, **listed})

    def words(self) -> dict[Mood, str]:
        return {mood: self.cleaned_data[mood.value] for mood in Mood}


_WINDOW_WORDS = {28: _("Four weeks"), 91: _("Three months"), 182: _("Half a year")}


class ImprovementForm(forms.Form):
    """What is done about what, by whom, by when, and how long it is looked at."""

    about = forms.ChoiceField(label=_("What is it about?"))
    action = forms.CharField(
        label=_("What do we do about it?"), max_length=LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("One thing that can be done: “Load the van the evening before”."),
    )  # fmt: skip
    owner = forms.ModelChoiceField(
        queryset=members_who_improve(), label=_("Who sees to it?"), required=False,
        empty_label=_("Nobody yet"),
    )  # fmt: skip
    due_on = forms.DateField(label=_("By when?"), required=False, widget=day_widget())
    window_days = forms.TypedChoiceField(
        label=_("How long is it looked at afterwards?"), coerce=int,
        choices=[(days, _WINDOW_WORDS[days]) for days in WINDOWS],
        help_text=_(
            "As long before it was done as after. Where little happens, longer tells more."
        ),
    )  # fmt: skip

    def __init__(
        self, given: Any, *, actor: Actor, found: Improvement | None, about: str = ""
    ) -> None:
        initial: dict[str, Any] = {"window_days": 91, "owner": actor.member_id, "about": about}
        if found is not None:
            key = found.cause_id if found.about == About.CAUSE else found.theme
            initial = {
                "about": f"{found.about}:{key}", "action": found.action, "owner": found.owner_id,
                "due_on": found.due_on, "window_days": found.window_days,
            }  # fmt: skip
        super().__init__(given, initial=initial)
        subjects = subjects_for(actor)
        held = str(initial["about"])
        if found is not None and held not in {
            key for _name, rows in subjects for key, _said in rows
        }:
            # Switched off or put away since: it stays what it is about.
            name = found.cause.name if found.cause else found.theme
            subjects.append((str(_("As it was")), [(held, name)]))
        field = self.fields["about"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Choose")), *subjects]

    def plan(self) -> Plan:
        told = self.cleaned_data
        owner = told["owner"]
        return Plan(
            told["about"], told["action"], owner.pk if owner else None, told["due_on"],
            told["window_days"],
        )  # fmt: skip
