"""The parts that every screen is made of say what they should, in words and to readers."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django import forms
from django.template import engines
from django.template.loader import render_to_string
from django.utils import translation
from django_cotton.compiler_regex import CottonCompiler

from regulars.core import clock
from regulars.core.errors import Refusal
from regulars.core.money import Money
from regulars.core.templatetags import look

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def _drawn(source: str, **context: object) -> str:
    # What the loader does to a template file: components are tags of Django's by then.
    compiled = CottonCompiler().process("{% load look %}" + source)
    text = engines["django"].from_string(compiled).render(context)
    return re.sub(r"\s+", " ", text).strip()


def _words(markup: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<svg.*?</svg>|<[^>]+>", "", markup, flags=re.S)).strip()


def test_money_is_written_as_people_write_it() -> None:
    assert look.money(Money(840, "GBP")) == "£8.40"
    assert look.money(Money(25_030_049, "GBP"), "round") == "£250,300"
    assert look.money(Money(1200, "JPY")) == "JP¥1,200"
    assert look.money(None) == ""


@pytest.mark.parametrize(
    ("apart", "words"),
    [(0, "today"), (-1, "yesterday"), (1, "tomorrow"), (2, "Thu 26"), (-6, "Wed 18"),
     (-7, "17 Nov"), (-40, "15 Oct"), (-400, "20 Oct 2025")],
)  # fmt: skip
def test_a_day_is_said_as_people_say_it(apart: int, words: str) -> None:
    with clock.stopped_at(NOW):
        assert look.day_words(NOW.date() + timedelta(days=apart)) == words


def test_a_day_carries_its_full_date() -> None:
    with clock.stopped_at(NOW):
        markup = _drawn('{% day moment "time" %}', moment=NOW - timedelta(days=1))

    assert markup == (
        '<time datetime="2026-11-23T09:30:00+00:00" title="Monday 23 November 2026, 09:30">'
        "yesterday 09:30</time>"
    )
    assert _drawn("{% day moment %}", moment=None) == ""


def test_lengths_of_time_keep_to_days_for_a_quarter() -> None:
    with clock.stopped_at(NOW):
        assert look.duration(34) == "34 days"
        assert look.duration(timedelta(days=1)) == "1 day"
        assert look.duration(timedelta(hours=7)) == "7 hours"
        assert look.ago(NOW - timedelta(days=19)) == "3 weeks ago"
        assert look.ago(date(2026, 11, 24)) == "today"


def test_shares_of_a_drawing_are_never_localised() -> None:
    with translation.override("de"):
        markup = _drawn("{% bar share %}", share=0.355)

    assert 'width="35.50%"' in markup
    assert _drawn("{% bar share %}", share=0) == ""


def test_parts_lie_side_by_side_and_leave_nothing_out() -> None:
    markup = _drawn('{% parts counts "4 in all" %}', counts=[("1", 3), ("2", 0), ("late", 1)])

    assert re.findall(r'class="(fill-\w+)" x="([\d.]+)%"', markup) == [
        ("fill-1", "0.00"),
        ("fill-late", "75.00"),
    ]
    assert 'aria-label="4 in all"' in markup


def test_an_icon_beside_a_word_is_hidden_and_alone_is_named() -> None:
    assert 'aria-hidden="true"' in _drawn('{% icon "phone" %}')
    alone = _drawn("{% icon name label %}", name="phone", label='Call "Ruth"')
    assert 'aria-label="Call &quot;Ruth&quot;"' in alone
    assert 'role="img"' in alone


@pytest.mark.parametrize("tier", ["core", "active", "new", "slipping", "lapsed", "lost"])
def test_a_tier_always_says_its_word(tier: str) -> None:
    markup = _drawn('<c-tier :tier="tier" />', tier=tier)

    assert _words(markup) == tier.capitalize()
    assert 'aria-hidden="true"' in markup


def test_six_tiers_have_six_shapes() -> None:
    tiers = ["core", "active", "new", "slipping", "lapsed", "lost"]
    shapes = {render_to_string("core/_tier_mark.html", {"tier": tier}) for tier in tiers}

    assert len(shapes) == 6


def test_a_tier_set_by_hand_shows_its_reason() -> None:
    markup = _drawn('<c-tier tier="core" override="She bakes for the street" />')

    assert 'aria-label="She bakes for the street"' in markup


def test_a_button_without_words_is_named_and_one_with_a_key_says_so() -> None:
    square = _drawn('<c-btn icon="printer" label="Print"></c-btn>')
    keyed = _drawn('<c-btn kind="main" key="C" hx-post="/x">Call Ruth</c-btn>')

    assert 'aria-label="Print"' in square
    assert 'class="btn main ' in keyed
    assert 'data-key="c"' in keyed
    assert 'hx-post="/x"' in keyed
    assert _drawn('<c-btn href="/a?b=1">Go</c-btn>').startswith("<a ")


class _Form(forms.Form):
    email = forms.EmailField(help_text="Only for the invitation.")
    note = forms.CharField(required=False)


def test_a_field_links_its_hint_and_its_error() -> None:
    form = _Form({"email": "ruth at calloway"})
    markup = _drawn('<c-field :field="form.email" />', form=form)
    described = re.search(r'aria-describedby="([^"]+)"', markup)

    assert described is not None
    assert [f'id="{name}"' in markup for name in described[1].split()] == [True, True]
    assert 'aria-invalid="true"' in markup
    assert "Enter a valid email address." in markup


def test_only_what_may_be_left_out_is_marked() -> None:
    form = _Form()

    assert "may be left out" not in _drawn('<c-field :field="form.email" />', form=form)
    assert "may be left out" in _drawn('<c-field :field="form.note" />', form=form)


def test_a_refusal_in_the_page_does_not_speak_for_another() -> None:
    markup = _drawn(
        '<c-refusal say="Not theirs." remedy="Ask Nora." />', refusal=Refusal("Other.", "Else.")
    )

    assert _words(markup) == "Not theirs.Ask Nora."


def test_a_toast_can_be_undone_without_a_script() -> None:
    markup = _drawn('<c-toast text="Done: called Florian" undo="/undo/7" :oob="True" />')

    assert 'hx-swap-oob="beforeend:#toasts"' in markup
    assert '<form action="/undo/7" method="post"' in markup


@pytest.mark.parametrize("name", ["403.html", "403_csrf.html", "404.html", "500.html"])
def test_an_error_page_needs_nothing_but_itself(name: str) -> None:
    markup = render_to_string(name)

    assert markup.count("<h1>") == 1
    assert markup.count("btn main") == 1


def test_what_people_said_cannot_break_out_of_their_quotation() -> None:
    markup = _drawn("<c-said>{{ words }}</c-said>", words="<script>alert(1)</script>")

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in markup
    assert "<script>" not in markup
