"""What the forms of mentions take."""

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from regulars.core.forms import day_widget
from regulars.mentions.actions.answering import LONGEST_WORD
from regulars.mentions.actions.hearing import LONGEST, LONGEST_NAME, LONGEST_SITE, Heard
from regulars.mentions.choices import Aside
from regulars.mentions.models import Mention
from regulars.mentions.pasting import READ, Pasted
from regulars.team.queries import the_named_business

NOON = time(12)
LONGEST_LINK = 500
MARKS = [("", _("No mark")), *[(f"{n}/5", f"{n} / 5") for n in range(5, 0, -1)],
         *[(f"{n}/10", f"{n} / 10") for n in range(10, -1, -1)]]  # fmt: skip


def _link(label: Any) -> forms.CharField:
    return forms.CharField(
        required=False, max_length=LONGEST_LINK, label=label,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )  # fmt: skip


class PasteForm(forms.Form):
    """A review as it was copied from its page."""

    text = forms.CharField(
        max_length=READ, label=_("Paste what it says there"),
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip


class MentionForm(forms.Form):
    """What somebody said about us in public, as it stands there."""

    site = forms.CharField(
        max_length=LONGEST_SITE, label=_("Where does it stand?"),
        widget=forms.TextInput(attrs={"list": "sites", "autocomplete": "off"}),
    )  # fmt: skip
    said_on = forms.DateField(label=_("When did they say it?"), widget=day_widget())
    mark = forms.ChoiceField(required=False, choices=MARKS, label=_("Which mark did they give?"))
    words = forms.CharField(
        required=False, max_length=LONGEST, label=_("What do they say?"),
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip
    author = forms.CharField(
        required=False, max_length=LONGEST_NAME, label=_("Who wrote it, as it stands there?"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    handle = forms.CharField(
        required=False, max_length=LONGEST_NAME, label=_("Their handle there"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("By it we know them the next time, once somebody said whose it is."),
    )  # fmt: skip
    link = _link(_("Link to it"))

    @classmethod
    def of(cls, pasted: Pasted, today: date) -> "MentionForm":
        """Filled in with what a text seems to say, to be put right."""
        mark = "" if pasted.mark is None else f"{pasted.mark}/{pasted.scale}"
        return cls(initial={
            "site": pasted.site, "said_on": pasted.said_on or today, "mark": mark,
            "words": pasted.words, "author": pasted.author, "link": pasted.link,
        })  # fmt: skip

    def heard(self, now: datetime) -> Heard:
        given = self.cleaned_data
        mark, _slash, scale = given["mark"].partition("/")
        zone = ZoneInfo(the_named_business().time_zone)
        said_at = datetime.combine(given["said_on"], NOON, zone)
        if given["said_on"] == now.astimezone(zone).date():
            # Of today nobody says the hour: they wait since now at the latest.
            said_at = min(said_at, now)
        return Heard(
            given["site"], said_at, given["words"], int(mark) if mark else None,
            int(scale) if scale else 5, given["author"], given["handle"], link=given["link"],
        )  # fmt: skip


class AnswerForm(forms.Form):
    """What we answer, or answered, where it stands."""

    words = forms.CharField(
        max_length=LONGEST, label=_("What do we answer?"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    link = _link(_("Link to our answer, where it has one"))

    @classmethod
    def of(cls, mention: Mention) -> "AnswerForm":
        return cls(initial={"words": mention.draft})


class AsideForm(forms.Form):
    """Why nobody answers it."""

    why = forms.ChoiceField(choices=Aside.choices, label=_("Why?"))
    words = forms.CharField(
        required=False, max_length=LONGEST_WORD, label=_("In a word"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
