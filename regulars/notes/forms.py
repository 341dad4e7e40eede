"""What the form of a note takes."""

from django import forms
from django.utils.translation import gettext_lazy as _

from regulars.notes.actions.asking import MOST_SIGNS
from regulars.notes.choices import Hand


class NoteForm(forms.Form):
    """The words of a note, and whose hand writes it."""

    # Called as the buttons that put facts into a text expect it.
    body = forms.CharField(
        label=_("Your words"), max_length=2 * MOST_SIGNS,
        error_messages={"required": _("A note says something. Two lines are enough.")},
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Name and greeting included; your own name is put below."),
    )  # fmt: skip
    hand = forms.ChoiceField(
        label=_("How it gets on the card"), choices=Hand.choices, widget=forms.RadioSelect
    )
