"""What the forms of offers take."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from regulars.core.money import Money
from regulars.insight.choices import Tier
from regulars.lists.models import Segment
from regulars.offers.checking import MOST_STOCK, MOST_USES, OfferDraft, WaveDraft
from regulars.offers.choices import CodeKind, ValueKind, Way
from regulars.offers.models import Offer, Wave
from regulars.team.queries import the_named_business

LONGEST = 2_000
_MOMENT = "%Y-%m-%dT%H:%M"
TIERS, SEGMENT, PUBLIC = "tiers", "segment", "public"


def _amount(label: Any, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(
        min_value=Decimal(0), max_digits=11, decimal_places=3, label=label, required=False, **more
    )


def _moment(label: Any, **more: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(format=_MOMENT, attrs={"type": "datetime-local"})
    return forms.DateTimeField(label=label, widget=widget, **more)


class OfferForm(forms.Form):
    """What customers get, what it takes from the price, and how codes are used."""

    name = forms.CharField(max_length=120, label=_("What do they get?"))
    words = forms.CharField(
        required=False, max_length=LONGEST, label=_("In a few words to them"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    sort = forms.CharField(
        required=False, max_length=80, label=_("What sort of offer is it?"),
        help_text=_("In your own words, such as Letter or Birthday: sorts are compared later."),
    )  # fmt: skip
    kind = forms.ChoiceField(
        choices=ValueKind.choices, label=_("What kind of thing is it?"), widget=forms.RadioSelect
    )
    percent = forms.IntegerField(
        required=False, min_value=1, max_value=100, label=_("Percent off"),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    value = _amount(_("Amount off, or what the gift is worth to them"))
    terms = forms.CharField(
        required=False, max_length=LONGEST, label=_("Terms"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Few, and in plain words: customers read them before they come."),
    )  # fmt: skip
    price = _amount(_("What it sells at else"))
    cost = _amount(_("What it costs us, the gift included"))
    floor = forms.IntegerField(
        required=False, min_value=-1000, max_value=100, label=_("The least that is left, percent"),
        help_text=_("Of what they pay. Left out, it never sells below cost."),
    )  # fmt: skip
    code_kind = forms.ChoiceField(
        choices=CodeKind.choices, label=_("Codes"), widget=forms.RadioSelect,
        initial=CodeKind.PERSONAL,
    )  # fmt: skip
    shared_words = forms.CharField(
        required=False, max_length=20, label=_("Words of the shared code"),
        help_text=_("What everybody says, such as FIRST RYE. Left out, a code is drawn."),
    )  # fmt: skip
    uses = forms.IntegerField(
        min_value=1, max_value=MOST_USES, label=_("How often may each use it?"), initial=1
    )
    stock = forms.IntegerField(
        required=False, min_value=1, max_value=MOST_STOCK, label=_("How many are there in all?"),
        help_text=_("Left out, there is no limit."),
    )  # fmt: skip

    words_that_stay = ""

    @classmethod
    def of(cls, offer: Offer, data: QueryDict | None = None) -> "OfferForm":
        """What it says now. Once it is planned, its shared words stay, and are not said early."""

        def major(minor: int | None) -> Decimal | None:
            return None if minor is None else Money(minor, offer.currency).major

        form = cls(data, initial={
            "name": offer.name, "words": offer.words, "terms": offer.terms, "kind": offer.kind,
            "sort": offer.sort, "percent": offer.percent, "value": major(offer.value_minor or None),
            "price": major(offer.price_minor), "cost": major(offer.cost_minor),
            "floor": offer.floor_percent, "code_kind": offer.code_kind,
            "shared_words": offer.shared_words, "uses": offer.uses,
            "stock": offer.stock,
        })  # fmt: skip
        if offer.planned_at is not None:
            del form.fields["shared_words"], form.initial["shared_words"]
            form.words_that_stay = offer.shared_words
        return form

    def draft(self) -> OfferDraft:
        given, currency = self.cleaned_data, the_named_business().currency

        def minor(name: str) -> int | None:
            return None if given[name] is None else Money.of(given[name], currency).minor

        return OfferDraft(
            name=given["name"], kind=ValueKind(given["kind"]), currency=currency,
            words=given["words"], terms=given["terms"], sort=given["sort"],
            percent=given["percent"], value_minor=minor("value") or 0,
            price_minor=minor("price"), cost_minor=minor("cost"),
            floor_percent=given["floor"] or 0, code_kind=CodeKind(given["code_kind"]),
            shared_words=given.get("shared_words", self.words_that_stay),
            uses=given["uses"], stock=given["stock"],
        )  # fmt: skip


class WaveForm(forms.Form):
    """Who, from when, until when; by which ways; what is kept for them."""

    name = forms.CharField(max_length=80, label=_("Name of the wave"))
    whom = forms.ChoiceField(
        choices=[(TIERS, _("Customers of these tiers")), (SEGMENT, _("Customers in a segment")),
                 (PUBLIC, _("Everybody, the public"))],
        label=_("Whom is it for?"), widget=forms.RadioSelect, initial=TIERS,
    )  # fmt: skip
    tiers = forms.MultipleChoiceField(
        choices=Tier.choices, required=False, label=_("Tiers"), widget=forms.CheckboxSelectMultiple
    )
    segment = forms.ModelChoiceField(
        Segment.objects.none(), required=False, label=_("Segment"), empty_label=_("none")
    )
    is_live = forms.BooleanField(
        required=False, label=_("Whoever comes into it later is meant too, from then on")
    )
    opens_at = _moment(
        _("Opens"), required=False, help_text=_("Left out, it opens once the offer is planned.")
    )
    closes_at = _moment(_("Ends"))
    ways = forms.MultipleChoiceField(
        choices=Way.choices, required=False, initial=list(Way), label=_("How may they be told?"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("On their own page they see it in any case, once it is open."),
    )  # fmt: skip
    held_back = forms.IntegerField(
        required=False, min_value=0, max_value=MOST_STOCK, label=_("Kept for this wave"),
        help_text=_("Out of the stock, while the wave is open."),
    )  # fmt: skip
    extra = forms.CharField(
        required=False, max_length=200, label=_("Something special for this wave"),
        help_text=_("Beside the rest; for those who come back, say."),
    )  # fmt: skip
    extra_cost = _amount(_("What that costs us"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["segment"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Segment.objects.standing()

    @classmethod
    def of(cls, wave: Wave) -> "WaveForm":
        whom = PUBLIC if wave.is_public else SEGMENT if wave.segment_id else TIERS
        cost = Money(wave.extra_cost_minor, wave.offer.currency).major
        return cls(initial={
            "name": wave.name, "whom": whom, "tiers": wave.tiers, "segment": wave.segment_id,
            "is_live": wave.is_live, "opens_at": wave.opens_at, "closes_at": wave.closes_at,
            "held_back": wave.held_back or None, "extra": wave.extra,
            "extra_cost": cost if wave.extra_cost_minor else None,
            "ways": [way.value for way in wave.ways],
        })  # fmt: skip

    def draft(self, offer: Offer, at: datetime) -> WaveDraft:
        given = self.cleaned_data
        whom = given["whom"]
        cost = Money.of(given["extra_cost"] or 0, offer.currency).minor
        return WaveDraft(
            name=given["name"], opens_at=given["opens_at"] or at, closes_at=given["closes_at"],
            tiers=tuple(given["tiers"]) if whom == TIERS else (),
            segment=given["segment"] if whom == SEGMENT else None, is_public=whom == PUBLIC,
            is_live=given["is_live"], held_back=given["held_back"] or 0,
            extra=given["extra"], extra_cost_minor=cost,
            ways=tuple(Way(one) for one in given["ways"]),
        )  # fmt: skip


class WaysForm(forms.Form):
    """By which ways a wave may be told."""

    ways = forms.MultipleChoiceField(
        choices=Way.choices, required=False, label=_("How may they be told?"),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    @classmethod
    def of(cls, wave: Wave) -> "WaysForm":
        # Several of them stand on one page.
        given = {"ways": [way.value for way in wave.ways]}
        return cls(initial=given, auto_id=f"wave_{wave.pk}_%s")


class TillForm(forms.Form):
    """A code, as it is read out, typed or scanned; under whose name, and the receipt."""

    code = forms.CharField(
        max_length=300, label=_("Code"),
        widget=forms.TextInput(attrs={
            "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false",
            "autofocus": True,
        }),
    )  # fmt: skip
    customer = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)


class StockForm(forms.Form):
    """How many more there are."""

    more = forms.IntegerField(min_value=1, max_value=1_000_000, label=_("How many more?"))


class TellForm(forms.Form):
    """What the customers of a wave read."""

    subject = forms.CharField(max_length=200, label=_("Subject"))
    body = forms.CharField(
        max_length=20_000, label=_("What you want to say"),
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("{{ offer_code }} is each one’s code, {{ offer_link }} their page with it."),
    )  # fmt: skip
