"""A text is compiled once, and rendered for each customer alone."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from regulars.core.template_fields import template_fields
from regulars.messaging.errors import TextRefused
from regulars.messaging.models import TemplateVersion
from regulars.messaging.texts import (
    LONGEST_BODY,
    Prepared,
    Rendered,
    check_rendered,
    common_fields,
    compile_version,
    prepare,
    preview_of,
)

# A text may say fields that the business made for itself: they stand in the database.
pytestmark = pytest.mark.django_db

HOUSE = {"business_name": "Juniper & Rye", "business_address": "1 Mill Lane, Weir"}
ANSWER = "You would rather not hear from us? Answer this with the word stop."
RUTH = {"first_name": "Ruth", "full_name": "Ruth Calloway", "acquainted": "yes", **HOUSE}


def ready(body: str, subject: str = "Hello", preheader: str = "", layout: str = "") -> Prepared:
    return preview_of(compile_version(subject, preheader, body, layout))


def text_of(body: str, **values: object) -> str:
    """The plain part without the head and the foot of the house."""
    whole = ready(body).render({"business_name": "", **values}).text
    return whole.strip().removesuffix(ANSWER).strip()


def refusal_of(body: str = "Hello", subject: str = "Hello", layout: str = "") -> TextRefused:
    with pytest.raises(TextRefused) as no:
        compile_version(subject, "", body, layout)
    return no.value


def test_markdown_becomes_a_page_and_a_plain_text() -> None:
    body = (
        "Dear **Ruth**,\n\n- rye\n- wheat & <b>oat</b>\n\n[Our hours](https://j.example/?a=1&b=2)"
    )

    rendered = ready(body).render(HOUSE)

    assert "<strong>Ruth</strong>" in rendered.html
    assert "<li>wheat &amp; &lt;b&gt;oat&lt;/b&gt;</li>" in rendered.html
    assert '<a href="https://j.example/?a=1&amp;b=2">Our hours</a>' in rendered.html
    assert rendered.text == (
        "Juniper & Rye\n\nDear Ruth,\n\n  - rye\n  - wheat & <b>oat</b>\n\n"
        "Our hours: https://j.example/?a=1&b=2\n\nJuniper & Rye, 1 Mill Lane, Weir\n\n"
        f"{ANSWER}\n\n"
    )


def test_values_are_text_in_the_page_and_as_they_are_in_plain_text() -> None:
    prepared = ready("Hello {{ full_name }}", subject="For {{ full_name }}")

    rendered = prepared.render({"full_name": '<script>"x"</script> & Söhne'})

    assert "<script>" not in rendered.html
    assert "&lt;script&gt;&#34;x&#34;&lt;/script&gt; &amp; Söhne" in rendered.html
    assert 'Hello <script>"x"</script> & Söhne' in rendered.text
    assert rendered.subject == 'For <script>"x"</script> & Söhne'


def test_words_in_the_brackets_are_text_too() -> None:
    prepared = ready('{{ first_name | default: "<b>you</b>" }}')

    assert "&lt;b&gt;you&lt;/b&gt;" in prepared.render({}).html
    assert "<b>you</b>" in prepared.render({}).text


@pytest.mark.parametrize("name", ["Ruth\r\nBcc: all@x.example", "Ruth\nBcc: all@x.example"])
def test_a_subject_stays_one_line(name: str) -> None:
    rendered = ready("Hello", "For {{ first_name }}", "{{ first_name }}").render(
        {"first_name": name}
    )

    assert rendered.subject == "For Ruth Bcc: all@x.example"
    assert rendered.preheader == "Ruth Bcc: all@x.example"


def test_names_in_any_writing_pass_and_turned_signs_do_not() -> None:
    prepared = ready("{{ first_name }}!")

    assert text_of("{{ first_name }}!", first_name="رُوث 🌾") == "رُوث 🌾!"
    assert "\x1e" not in prepared.render({"first_name": "a\x1eb"}).text


@pytest.mark.parametrize(
    ("values", "greeting"),
    [
        ({"first_name": "Ruth", "full_name": "Ruth Calloway", "acquainted": "yes"}, "Dear Ruth,"),
        (
            {"first_name": "Ruth", "full_name": "Ruth Calloway", "acquainted": ""},
            "Dear Ruth Calloway,",
        ),
        ({"first_name": "", "full_name": "Weir School", "acquainted": "yes"}, "Dear Weir School,"),
        ({"first_name": "", "full_name": "", "acquainted": ""}, "Good day,"),
    ],
)
def test_the_greeting_goes_by_how_well_we_know_them(
    values: dict[str, object], greeting: str
) -> None:
    assert text_of("{{ greeting }}\n\nThanks.", **values) == f"{greeting}\n\nThanks."


def test_the_signature_has_a_face_and_a_number() -> None:
    values = {
        **HOUSE, "sender_name": "Nora", "sender_phone": "+44 1", "sender_face": "cid:face-1"
    }  # fmt: skip

    rendered = ready("Hello\n\n{{ signature }}").render(values)

    assert "<img src='cid:face-1' alt=''" in rendered.html
    assert "Hello\n\nNora\nJuniper & Rye\n\nCall me: +44 1" in rendered.text
    assert "<img" not in ready("{{ signature }}").render(HOUSE).html


def test_boxes_say_what_is_known_and_what_is_not() -> None:
    body = "{{ know }}\nThe mill is closed.\n\n{{ not_know }}\nSince *when*.\n\n{{ end_box }}\nNora"

    rendered = ready(body).render(RUTH)

    assert '<div class="box know"><h2>What we know</h2>\n<p>The mill is closed.</p>\n</div>' in (
        rendered.html
    )
    assert (
        "What we know\n\nThe mill is closed.\n\nWhat we do not know yet\n\nSince when.\n\nNora"
        in rendered.text
    )


def test_conditions_in_a_sentence_and_round_paragraphs() -> None:
    body = (
        "You{% if time_with_us %}, for {{ time_with_us }},{% endif %} come.\n\n"
        '{% if tier == "core" %}\nFirst.\n\nSecond.\n{% else %}\nThird.\n{% endif %}\n\nLast.'
    )

    assert text_of(body, tier="core", time_with_us="3 years") == (
        "You, for 3 years, come.\n\nFirst.\n\nSecond.\n\nLast."
    )
    assert text_of(body, tier="new") == "You come.\n\nThird.\n\nLast."


def test_days_are_said_in_words_or_as_asked() -> None:
    body = '{{ last_purchase_on }} / {{ last_purchase_on | date: "%A %-d %B" }}'

    said = text_of(body, last_purchase_on="2026-11-20")

    assert said == "20 November 2026 / Friday 20 November"


def test_a_version_asks_only_for_what_it_says() -> None:
    compiled = compile_version(
        "For {{ first_name }}", "{{ household | default: 'you' }}",
        "{{ greeting }} {{ business_name }} {% if tier %}{{ last_item }}{% endif %}", "",
    )  # fmt: skip

    assert compiled.fields == [
        "acquainted", "first_name", "full_name", "household", "last_item", "tier"
    ]  # fmt: skip
    assert compiled.needed == ["first_name"]
    assert not compiled.has_links


def test_links_of_the_customer_are_known_of() -> None:
    compiled = compile_version("Hello", "", "[Stop]({{ unsubscribe_url }})", "")

    assert compiled.has_links
    assert (
        '<a href="https://x.example/u/1">Stop</a>'
        in preview_of(compiled).render({"unsubscribe_url": "https://x.example/u/1"}).html
    )


@pytest.mark.parametrize(
    ("body", "has_links"),
    [
        ("{% if unsubscribe_url %}[Stop]({{ unsubscribe_url }}){% endif %}", False),
        ("{%- if preferences_url -%}[Less]({{ unsubscribe_url }}){%- endif -%} Bye.", False),
        ("{% if tier %}[Stop]({{ unsubscribe_url }}){% endif %}", True),
        ("{% if unsubscribe_url %}.{% endif %} [Stop]({{ unsubscribe_url }})", True),
        ("Hello", False),
    ],
)
def test_a_link_that_may_be_missing_keeps_nothing_waiting(body: str, has_links: bool) -> None:
    assert compile_version("Hello", "", body, "").has_links == has_links


def test_the_same_words_give_the_same_hash() -> None:
    one = compile_version("Hello", "", "For {{ first_name }}", "")

    assert compile_version("Hello", "", "For {{ first_name }}", "") == one
    assert compile_version("Hello", "", "For {{ full_name }}", "").sha256 != one.sha256
    assert compile_version("Hallo", "", "For {{ first_name }}", "").sha256 != one.sha256


def test_every_registered_field_can_be_said() -> None:
    names = [*template_fields.names(), *common_fields()]
    body = " ".join(f"{{{{ {name} }}}}" for name in names)

    rendered = ready(body).render({name: f"<{name}>" for name in names})

    assert all(f"<{name}>" in rendered.text for name in names)


@pytest.mark.parametrize(
    ("body", "line", "begins"),
    [
        ("a\n\n{{ fist_name }}", 3, "Line 3 of the body: there is no field “fist_name”"),
        ("a\n{% for x in tier %}{% endfor %}", 2, "Line 2 of the body: “{% for x in tier %}”"),
        ("a\n{% include 'x' %}", 2, "Line 2 of the body: “{% include 'x' %}”"),
        ("{% tablerow x in tier %}", 1, "Line 1 of the body: “{% tablerow x in tier %}”"),
        ("a\n\n\n{% if tier %}", 4, "Line 4 of the body cannot be read"),
        ("{{ tier.x }}", 1, "Line 1 of the body: “tier.x” reaches into a field"),
        ("{{ tier | map: 'x' }}", 1, "Line 1 of the body: “map” cannot be done"),
        ("Hi %first_name%", 1, "Line 1 of the body: “%first_name%” is not how"),
        ("a\n\nsee {{ know }}", 3, "Line 3 of the body: “{{ know }}” stands on a line"),
        ("a\n\n![x](https://x.example/y.png)", 3, "Line 3 of the body: pictures"),
        ("a\n\n[x](javascript:alert)", 3, "Line 3 of the body: a link cannot lead to “java"),
        ("a\n\n[x]({{ first_name }})", 3, "Line 3 of the body: a field cannot stand in"),
        ("a\n\n[x](ftp://x.example)", 3, "Line 3 of the body: a link cannot lead to “ftp:”"),
        ("**a {% if tier %}b** c{% endif %}", 1, "Line 1 of the body: a condition begins"),
        ("a {% if tier %}b\n\nc{% endif %}", 1, "Line 1 of the body: a condition begins"),
        ("{% if tier %}\n\n{{ know }}\na\n\n{% endif %}", 0, "Line 1 of the body: a cond"),
        ("&#123;&#123; tier }", 0, "The body writes “{{” in a roundabout way"),
        ("{\\{ tier }\\}", 0, "The body writes “{{” in a roundabout way"),
        ("a\x00b", 0, "The body holds signs that cannot be seen"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_line(body: str, line: int, begins: str) -> None:
    no = refusal_of(body)

    assert no.sentence.startswith(begins)
    assert no.remedy
    if line:
        assert no.line == line


def test_a_megabyte_is_refused_by_its_size() -> None:
    no = refusal_of("word " * 200_000)

    assert no.sentence == f"The body has 1000000 letters; {LONGEST_BODY} is the most."


def test_too_many_fields_are_refused() -> None:
    assert refusal_of("{{ tier }}" * 201).sentence.startswith("The body holds 201 fields")


def test_the_dearest_text_is_rendered_within_its_time() -> None:
    from time import perf_counter

    dear = '{{ last_purchase_on | date: "%A %d %B %Y %a %b %y %m %e" | upcase | capitalize }}'
    prepared = ready((dear + "\n\n") * 200)

    def once() -> float:
        began = perf_counter()
        prepared.render({"last_purchase_on": "2026-11-20"})
        return perf_counter() - began

    assert min(once() for _ in range(3)) < 0.05


def test_a_page_that_grows_past_its_limit_is_refused() -> None:
    prepared = ready("{{ tier }}" * 200)

    with pytest.raises(TextRefused, match="grows too large"):
        prepared.render({"tier": "x" * 2_000})


@pytest.mark.parametrize(
    ("layout", "line"),
    [
        ("<mjml><mj-body>\n<mj-section><mj-column><mj-text>{{ content }}</mj-text></mj-column>\n</mj-body></mjml>", 3),  # noqa: E501
        ("<mjml><mj-body>\n<mj-foo>{{ content }}</mj-foo></mj-body></mjml>", 2),
        ("<mjml><mj-body>{{ content }}\n<script>x</script></mj-body></mjml>", 2),
        ("<mjml><mj-include path='/etc/passwd'/>{{ content }}</mjml>", 1),
        ("<mjml><mj-body>{{ content }}\n\n<a onclick='x'>x</a></mj-body></mjml>", 3),
        ("<mjml><mj-body>{{ content }}\n<a href='javascript:x'>x</a></mj-body></mjml>", 2),
        ("<mjml><mj-head><mj-style>\n@import 'x'</mj-style></mj-head><mj-body>{{ content }}</mj-body></mjml>", 1),  # noqa: E501
        ("<mjml><mj-body><!-- x -->{{ content }}</mj-body></mjml>", 1),
        ("{{ content }}", 1),
        ("<mjml><mj-body></mj-body></mjml>", 0),
    ],
)  # fmt: skip
def test_a_broken_layout_is_refused_with_its_line(layout: str, line: int) -> None:
    no = refusal_of(layout=layout)

    assert no.what == "layout"
    assert no.line == line
    assert no.sentence


def test_a_layout_of_ones_own_is_used() -> None:
    layout = (
        "<mjml><mj-body><mj-section><mj-column><mj-text>Ours: {{ content }}</mj-text>"
        "<mj-button href='{{ preferences_url }}'>Less</mj-button>"
        "</mj-column></mj-section></mj-body></mjml>"
    )

    rendered = ready("For {{ first_name }}", layout=layout).render(
        {"first_name": "Ruth", "preferences_url": "https://x.example/p/1"}
    )

    assert "<p>For Ruth</p>" in rendered.html
    assert rendered.text == "Ours:\n\nFor Ruth\n\nLess: https://x.example/p/1\n"


def test_nothing_unfilled_leaves() -> None:
    whole = Rendered("Hello", "", "<p>Hello</p>", "Hello")

    def said(**over: str) -> str:
        parts = {"subject": "Hello", "preheader": "", "html": "<p>Hello</p>", "text": "Hello"}
        rendered = Rendered(**{**parts, **over}, empty_fields=())
        return check_rendered(rendered, "ruth@x.example", set())

    assert check_rendered(whole, "ruth@x.example", {"tom@x.example"}) == ""
    assert said(text="Dear {{ first_name }}") == "unfilled"
    assert said(html="{% if x %}") == "unfilled"
    assert said(subject="Dear %FIRSTNAME%") == "unfilled"
    assert said(text="50% more, caf%C3%A9, 20 %") == ""
    assert said(subject="") == "empty_field"


def test_a_gap_where_a_name_should_stand_does_not_leave() -> None:
    prepared = ready("For {{ household }} {{ last_item | default: 'it' }}")

    assert check_rendered(prepared.render({"household": ""}), "a@x.example", set()) == "empty_field"
    assert check_rendered(prepared.render({"household": "Weir"}), "a@x.example", set()) == ""


def test_anothers_address_does_not_leave() -> None:
    others = {"Tom@x.example", "eva@x.example"}

    def said(text: str) -> str:
        return check_rendered(Rendered("Hello", "", "", text), "ruth@x.example", others)

    assert said("Write to tom@X.example.") == "foreign_address"
    assert said("<mailto:eva@x.example>") == "foreign_address"
    assert said("You are ruth@x.example; we are info@juniper.example") == ""


def test_nobody_reads_of_somebody_else() -> None:
    """RELIABILITY P3: canaries in every field, shuffled, two threads at once."""
    names = template_fields.names()
    body = "{{ greeting }}\n\n" + "\n\n".join(f"{{{{ {name} }}}}" for name in names)
    prepared = ready(body, subject="{{ full_name }}", preheader="{{ first_name }}")
    people = [
        {name: f"canary{number:04}{name}" for name in [*names, *common_fields()]}
        for number in range(500)
    ]

    def foreign(number: int) -> int:
        rendered = prepared.render(people[number])
        whole = f"{rendered.subject}{rendered.preheader}{rendered.html}{rendered.text}"
        mine = whole.count(f"canary{number:04}")
        assert mine >= 2 * len(names)
        return whole.count("canary") - mine

    order = list(range(500)) * 6
    random.Random(3).shuffle(order)
    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(foreign, order)) == 0


def test_a_version_is_read_once_and_renders_the_same_again() -> None:
    version = version_of("For {{ first_name }}")

    one = prepare(version)

    assert prepare(version_of("For {{ first_name }}")) is one
    assert one.render(RUTH).sha256 == prepare(version).render(dict(RUTH)).sha256
    assert one.render({**RUTH, "first_name": "Tom"}).sha256 != one.render(RUTH).sha256


def test_a_version_changed_behind_our_back_is_refused() -> None:
    version = version_of("For {{ first_name }}", pk=7)
    version.html = version.html.replace("For", "Far")

    with pytest.raises(TextRefused, match="is not what it was"):
        prepare(version)


def version_of(body: str, pk: int = 6) -> TemplateVersion:
    made = compile_version("Hello", "", body, "")
    return TemplateVersion(
        pk=pk, subject=made.subject, preheader=made.preheader, html=made.html, text=made.text,
        fields=made.fields, sha256=made.sha256,
    )  # fmt: skip
