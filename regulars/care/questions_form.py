"""Checking what somebody wants to ask after a product."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regulars.care.choices import MarkKind, Measure
from regulars.care.forms import LANGUAGES
from regulars.care.models import ProductQuestions

KINDS = [
    ("product", _("Just this product")),
    ("group", _("Every product in whose name these words stand")),
]
SCALES = [("", _("As everywhere")), *MarkKind.choices]


class QuestionsForm(forms.Form):
    """Which product, whether it is asked after, in which scale, and what besides."""

    words = forms.CharField(
        label=_("Product"), max_length=100,
        help_text=_("Its number or its name, as the till writes it; or a word in several names."),
    )  # fmt: skip
    kind = forms.ChoiceField(label=_("Which is meant"), choices=KINDS, widget=forms.RadioSelect)
    is_asked = forms.BooleanField(
        label=_("Ask how it went"), required=False,
        help_text=_("Switched off, nobody is asked about it: bags, gift cards, repairs."),
    )  # fmt: skip
    scale = forms.ChoiceField(label=_("Which marks"), choices=SCALES, required=False)

    def __init__(self, given: Any, *, found: ProductQuestions | None, written: list[str]) -> None:
        initial: dict[str, Any] = {"kind": "product", "is_asked": True}
        if found is not None:
            initial = {
                "words": found.words, "kind": "group" if found.is_group else "product",
                "is_asked": found.is_asked, "scale": found.marks.value if found.marks else "",
                **{f"ask_{one}": "\n".join(said) for one, said in found.questions.items()},
            }  # fmt: skip
        super().__init__(given, initial=initial)
        self.found, self.written = found, written
        for one in written:
            self.fields[f"ask_{one}"] = forms.CharField(
                label=_("Asked besides: %(language)s") % {"language": LANGUAGES[one]},
                required=False, max_length=1_000, widget=forms.Textarea({"rows": 3}),
                help_text=_("One a line, at most three: “Was the crust as you like it?”"),
            )  # fmt: skip

    def values(self) -> dict[str, Any]:
        told = self.cleaned_data
        kept = dict(self.found.questions) if self.found else {}
        kept |= {one: told[f"ask_{one}"].splitlines() for one in self.written}
        marks = MarkKind(told["scale"]) if told["scale"] else None
        return {
            "words": told["words"], "is_group": told["kind"] == "group",
            "is_asked": told["is_asked"], "scale": marks.scale if marks else None,
            "questions": kept,
            "measure": marks.measure if marks else Measure.SATISFIED,
        }  # fmt: skip
