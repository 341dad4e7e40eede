"""What the forms of answers take."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regulars.care.choices import MarkKind
from regulars.care.models import AnswerRules
from regulars.care.warning_words import OURS, as_words, in_force

LANGUAGES = {
    "en": _("English"), "de": _("German"), "fr": _("French"), "es": _("Spanish"),
    "it": _("Italian"), "nl": _("Dutch"),
}  # fmt: skip
MOST_WORDS = 4_000


class AnswerRulesForm(forms.Form):
    """The scale, from which mark and at which words somebody calls, and the public review."""

    scale = forms.ChoiceField(
        label=_("Which marks are asked for"), choices=MarkKind.choices,
        help_text=_(
            "One question after each delivery. Marks of another question or scale stay, and are "
            "counted apart."
        ),
    )  # fmt: skip
    bad_of_five = forms.IntegerField(
        label=_("Bad, of 5"), min_value=0, max_value=5,
        help_text=_("This mark and those below it open a case at once."),
    )  # fmt: skip
    bad_of_seven = forms.IntegerField(
        label=_("Bad, of 7"), min_value=0, max_value=7,
        help_text=_("The same where 1 to 7 was asked: whether we made it easy."),
    )  # fmt: skip
    bad_of_ten = forms.IntegerField(
        label=_("Bad, of 10"), min_value=0, max_value=10,
        help_text=_("The same where 0 to 10 was asked."),
    )  # fmt: skip
    silence_days = forms.IntegerField(
        label=_("Days of silence"), min_value=1, max_value=60, required=False,
        help_text=_(
            "So many days after it came late, a core customer who was asked and says nothing "
            "becomes a case. Empty: never."
        ),
    )  # fmt: skip
    asks_review = forms.BooleanField(
        label=_("Ask for a public review"), required=False,
        help_text=_(
            "Of everybody who answers, whatever they said, and never in exchange for anything."
        ),
    )  # fmt: skip
    review_url = forms.URLField(
        label=_("Where reviews are written"), required=False, max_length=300,
        assume_scheme="https", help_text=_("An address that begins with https://."),
    )  # fmt: skip

    def __init__(self, given: Any, *, rules: AnswerRules, written: list[str]) -> None:
        names = (
            "bad_of_five", "bad_of_seven", "bad_of_ten", "silence_days", "asks_review", "review_url"
        )  # fmt: skip
        held = in_force(rules.words)
        initial = {"scale": rules.marks.value, **{name: getattr(rules, name) for name in names}}
        initial |= {f"words_{one}": "\n".join(held[one]) for one in written}
        super().__init__(given, initial=initial)
        self.names, self.rules = names, rules
        for one in written:
            self.fields[f"words_{one}"] = forms.CharField(
                label=_("Words that open a case: %(language)s") % {"language": LANGUAGES[one]},
                required=False, max_length=MOST_WORDS, widget=forms.Textarea({"rows": 6}),
                help_text=_(
                    "One a line, as a word begins: “refund” finds “refunded”. Accents and capitals "
                    "do not matter. Whatever the mark, whoever writes one is called."
                ),
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        url = told.get("review_url", "")
        if url and not url.startswith("https://"):
            self.add_error("review_url", _("The address begins with https://."))
        if told.get("asks_review") and not url and "review_url" not in self.errors:
            self.add_error("review_url", _("Say where reviews are written."))
        return told

    def values(self) -> dict[str, Any]:
        marks = MarkKind(self.cleaned_data["scale"])
        told = {name: self.cleaned_data[name] for name in self.names}
        return told | {"scale": marks.scale, "measure": marks.measure}

    def words(self) -> dict[str, list[str]]:
        """What was chosen; a language left as it comes is not written down."""
        kept = dict(self.rules.words)
        for one in LANGUAGES:
            typed = self.cleaned_data.get(f"words_{one}")
            if typed is None:
                continue
            chosen = as_words(typed)
            kept.pop(one, None)
            if chosen != list(OURS[one]):
                kept[one] = chosen
        return kept
