"""Checking what somebody wants to take out."""

from django import forms
from django.utils.translation import gettext_lazy as _

from regulars.consent.choices import Purpose
from regulars.core.actor import Actor
from regulars.exports.choices import Format, What
from regulars.exports.queries import formats_of
from regulars.exports.rules import may_export


class PostedForm(forms.Form):
    """Letters that are in the post: what they were for, and what was in them."""

    purpose = forms.ChoiceField(
        label=_("What they are for"), choices=Purpose.choices, initial=Purpose.INFORM
    )
    words = forms.CharField(
        label=_("What is in them, in a few words"), max_length=200,
        help_text=_("It stands on the page of each whom they reach."),
    )  # fmt: skip


class ExportForm(forms.Form):
    what = forms.ChoiceField(label=_("What do you take out?"), widget=forms.RadioSelect)
    format = forms.ChoiceField(label=_("As which kind of file?"), widget=forms.RadioSelect)

    def __init__(self, *args: object, actor: Actor, is_selection: bool, **named: object) -> None:
        super().__init__(*args, label_suffix="", **named)  # type: ignore[arg-type, misc]
        offered = [one for one in What if may_export(actor, one)]
        if is_selection:
            offered = [one for one in offered if one != What.EVERYTHING]
        self._choose("what", [(one.value, str(one.label)) for one in offered])
        self._choose("format", [(one.value, str(one.label)) for one in Format])
        self.initial.setdefault("what", What.CUSTOMERS)
        self.initial.setdefault("format", Format.CSV)

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, object]:
        given = self.cleaned_data
        if given.get("format") and given["format"] not in formats_of(given.get("what", "")):
            self.add_error("format", _("An address book holds customers only."))
        return given
