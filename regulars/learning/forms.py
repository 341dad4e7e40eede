"""What the forms of learning take."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regulars.learning.actions.themes import LONGEST_NAME
from regulars.learning.choices import Mood
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
