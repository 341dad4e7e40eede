"""RELIABILITY S4: hostile texts are printed as they stand or refused; nothing in them runs."""

import html
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse

from regulars.messaging.errors import TextRefused
from regulars.messaging.models import Template
from regulars.messaging.texts import check_rendered, compile_version, preview_of
from regulars.team.models import Member

# A text may say fields that the business made for itself: they stand in the database.
pytestmark = [pytest.mark.django_db, pytest.mark.same_on_each]

ClientOf = Callable[[Member], Client]

# What each of these would print if somebody ran it: 7*7, 7*'7', 1337*1337.
RAN = ("7777777", "1787569", "root:x:", "uid=0")

LIQUID = r"""
{% for i in (1..1000000000) %}x{% endfor %}
{% for i in (1..10) %}{% for j in (1..10) %}{{ i }}{% endfor %}{% endfor %}
{% tablerow i in (1..100000) %}x{% endtablerow %}
{% include 'settings' %}
{% include '/etc/passwd' %}
{% render 'settings' %}
{% layout 'x' %}
{% extends 'base.html' %}
{% block a %}{% endblock %}
{% assign a = 1337 | times: 1337 %}{{ a }}
{% capture a %}x{% endcapture %}{{ a }}
{% increment a %}
{% decrement a %}
{% cycle 'a', 'b' %}
{% raw %}{{ first_name }}{% endraw %}
{% comment %}x{% endcomment %}
{% liquid echo 1337 %}
{% echo first_name %}
{% ifchanged %}x{% endifchanged %}
{% # note %}
{% doc %}x{% enddoc %}
{% macro x %}{% endmacro %}
{% with x: 1 %}{% endwith %}
{% translate %}x{% endtranslate %}
{{ 1337 | times: 1337 }}
{{ first_name | append: first_name | append: first_name }}
{{ first_name | replace: 'a', 'aaaaaaaa' }}
{{ first_name | split: '' | join: 'aaaaaaa' }}
{{ first_name | safe }}
{{ '<script>alert(1)</script>' | safe }}
{{ first_name | url_decode }}
{{ 'PHNjcmlwdD4=' | base64_decode }}
{{ 'now' | date: '%Y' }}
{{ first_name.size }}
{{ first_name['size'] }}
{{ first_name[tier] }}
{{ first_name.first.last }}
{{ first_name[0] }}
{{ [tier] }}
{{ (1..1000000) }}
{{ (1..1000000) | join: ',' }}
{{ forloop.index }}
{{ self }}
{{ true | map: 'x' }}
{{ first_name | where: 'x' }}
{{ first_name | sort | reverse | first }}
{{ first_name if tier else full_name }}
{{ first_name | default: first_name.x }}
{% if first_name.x == 1 %}a{% endif %}
{% if (1..9) contains 1 %}a{% endif %}
{% if first_name %}
{% endif %}
{% else %}
{% elsif first_name %}
{% case first_name %}{% when 1 %}
{% unless first_name %}{% endif %}
{% if first_name %}{% endunless %}
{%- include 'x' -%}
{{- 1337 | times: 1337 -}}
{% if %}x{% endif %}
{{ }}
{{}}
{%%}
{% %}
{{ first_name | }}
{{ | upcase }}
{{ 'unclosed }}
{{ first_name
{% if first_name
}} {{
%} {%
{{{ first_name }}}
{{ {{ first_name }} }}
"""
JINJA = r"""
{{ 7*'7' }}
{{ 1337*1337 }}
{{ ''.__class__.__mro__[1].__subclasses__() }}
{{ ''.__class__ }}
{{ config }}
{{ config.items() }}
{{ config.SECRET_KEY }}
{{ request }}
{{ request.application.__globals__ }}
{{ request|attr('application') }}
{{ self.__init__.__globals__ }}
{{ self._TemplateReference__context }}
{{ cycler.__init__.__globals__.os.popen('id').read() }}
{{ joiner.__init__.__globals__.os.popen('id').read() }}
{{ lipsum.__globals__['os'].popen('id').read() }}
{{ namespace.__init__.__globals__ }}
{{ url_for.__globals__ }}
{{ get_flashed_messages.__globals__ }}
{{ range(1000000000)|list }}
{{ 'a'*1000000000 }}
{{ [].append(0) }}
{{ ().__class__.__bases__[0] }}
{{ {}.__class__ }}
{{ [1,2,3]|sum }}
{{ dict(a=1) }}
{{ (1).__class__ }}
{{ first_name.__class__ }}
{{ first_name|attr('__class__') }}
{{ first_name['__class__'] }}
{{ first_name.encode }}
{{ first_name.format(tier) }}
{{ '%s'|format(first_name) }}
{{ first_name|tojson }}
{{ first_name|e }}
{{ first_name~tier }}
{{ 1 if true else 2 }}
{% set x = 1337*1337 %}{{ x }}
{% for x in range(10**9) %}{% endfor %}
{% for c in [].__class__.__base__.__subclasses__() %}{% endfor %}
{% import 'os' as os %}{{ os.popen('id') }}
{% from 'os' import popen %}
{% call x() %}{% endcall %}
{% filter upper %}x{% endfilter %}
{% autoescape false %}{{ first_name }}{% endautoescape %}
{%raw%}{{7*'7'}}{%endraw%}
{# comment #}
{#- comment -#}
"""
DJANGO = r"""
{% load os %}
{% load static %}{% static 'x' %}
{% debug %}
{% csrf_token %}
{% url 'admin:index' %}
{% include request.GET.x %}
{% ssi '/etc/passwd' parsed %}
{% now 'Y' %}
{% with a=1 %}{{ a }}{% endwith %}
{% verbatim %}{{ x }}{% endverbatim %}
{% templatetag openblock %}
{% widthratio 1337 1 1337 %}
{% lorem 100000 w %}
{% regroup a by b as c %}
{% spaceless %}x{% endspaceless %}
{{ settings.SECRET_KEY }}
{{ messages.storages.0.signer.key }}
{{ user.password }}
{{ request.user.email }}
{{ first_name|safe }}
{{ first_name|add:"x" }}
{{ first_name|stringformat:"s" }}
{{ block.super }}
{{ forloop.counter }}
{{ perms.x }}
{{ _("x") }}
{{ first_name|date:"Y" }}
"""
OTHERS = r"""
{{ .Subscriber.Email }}
{{ .TxData }}
{{ env "SECRET" }}
{{ printf "%s" .Name }}
{{ template "x" . }}
{{ range .Items }}{{ end }}
{{ define "x" }}{{ end }}
{{ call .F }}
{{ index .Map "x" }}
{{ with .X }}{{ end }}
{{- /* comment */ -}}
{{ expandenv "$HOME" }}
{{ getHostByName "x.example" }}
{{ _self.env.registerUndefinedFilterCallback("exec") }}
{{ ['id']|filter('system') }}
{{ ['id']|map('system')|join }}
{{ app.request.server.all|join(',') }}
{{ dump(app) }}
{{ source('/etc/passwd') }}
{{ constant('PHP_VERSION') }}
{{ include('x') }}
{{#with "s" as |string|}}{{/with}}
{{#each items}}x{{/each}}
{{> partial}}
{{{raw}}}
{{&raw}}
{{!comment}}
{{=<% %>=}}
{{constructor.constructor('alert(1)')()}}
{{$on.constructor('alert(1)')()}}
{{x=valueOf.name.constructor.fromCharCode}}
%mautic.db_password%
%FIRSTNAME%
%first_name%
%recipient.email%
%%emailaddr%%
%{first_name}
*|FNAME|*
[[first_name]]
[first_name]
#{7*7}
#{ 1337*1337 }
${7*7}
${1337*1337}
${{1337*1337}}
${T(java.lang.Runtime).getRuntime().exec('id')}
${"freemarker.template.utility.Execute"?new()("id")}
<#assign ex="freemarker.template.utility.Execute"?new()>${ex("id")}
#set($x=1337*1337)$x
$class.inspect("java.lang.Runtime")
*{1337*1337}
@{1337*1337}
~{1337*1337}
@(1337*1337)
<%= 1337*1337 %>
<% system('id') %>
<?php echo 1337*1337; ?>
<?= `id` ?>
{php}echo 1337*1337;{/php}
{system('id')}
{$smarty.version}
{7*7}
{if system('id')}{/if}
{{= 1337*1337 }}
=1337*1337
`id`
$(id)
; id
| id
"""
MARKUP = r"""
<script>alert(1)</script>
<img src=x onerror=alert(1)>
<svg onload=alert(1)>
<iframe src="https://x.example"></iframe>
<object data="x"></object>
<embed src="x">
<base href="https://x.example/">
<meta http-equiv="refresh" content="0;url=https://x.example">
<link rel="stylesheet" href="https://x.example">
<style>@import 'https://x.example'</style>
<form action="https://x.example"><input name="x"></form>
<a href="javascript:alert(1)">x</a>
<div style="background:url(https://x.example)">x</div>
"><script>alert(1)</script>
'><img src=x onerror=alert(1)>
--><script>alert(1)</script>
<![CDATA[<script>alert(1)</script>]]>
</title><script>alert(1)</script>
</mj-text></mj-column><mj-raw><script>alert(1)</script></mj-raw>
<mj-include path="/etc/passwd" />
[x](javascript:alert(1))
[x](JaVaScRiPt:alert(1))
[x](vbscript:x)
[x](data:text/html;base64,PHNjcmlwdD4=)
[x](https://x.example/"onmouseover="alert(1))
[x](<https://x.example/ onmouseover=alert(1)>)
[x](https://x.example/{{ first_name }})
[x]({{ full_name }})
<javascript:alert(1)>
[x]: javascript:alert(1)
![x](https://x.example/pixel.gif)
![x](data:image/svg+xml;base64,PHN2Zz4=)
&#123;&#123; 1337 | times: 1337 &#125;&#125;
&lbrace;&lbrace; config &rbrace;&rbrace;
{&#123; config }}
{\{ config }\}
\{\{ config \}\}
{ { config } }
"""
PAYLOADS = [
    line for group in (LIQUID, JINJA, DJANGO, OTHERS, MARKUP) for line in group.strip().splitlines()
]
VALUES = {
    "first_name": "Ruth", "full_name": "Ruth Calloway", "tier": "core",
    "business_name": "Juniper", "acquainted": "yes",
}  # fmt: skip
OURS = frozenset(
    "html head title meta style body div table tbody tr td p br a b strong em code pre ul ol li"
    " h1 h2 h3 h4 h5 h6 blockquote hr img".split()
)


def test_there_are_two_hundred_of_them() -> None:
    assert len(set(PAYLOADS)) >= 200


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hostile_text_is_refused_or_printed(payload: str) -> None:
    refused: list[TextRefused] = []
    for subject, preheader, body in (
        (payload, "", "Hello"), ("Hello", payload, "Hello"), ("Hello", "", f"Hello\n\n{payload}"),
    ):  # fmt: skip
        try:
            rendered = preview_of(compile_version(subject, preheader, body, "")).render(VALUES)
        except TextRefused as no:
            refused.append(no)
            continue
        is_harmless(rendered.html)
        plain = f"{rendered.subject}{rendered.preheader}{rendered.text}"
        assert [one for one in RAN if one in plain and one not in payload] == []
    assert all(no.sentence and no.remedy for no in refused)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hostile_value_is_printed_to_the_letter(payload: str) -> None:
    body = "For {{ full_name }} and {{ first_name | upcase }}"
    prepared = preview_of(compile_version("{{ full_name }}", "{{ full_name }}", body, ""))

    rendered = prepared.render({**VALUES, "full_name": payload})

    is_harmless(rendered.html)
    assert " ".join(payload.split()) == rendered.subject
    assert f"For {payload} and RUTH" in rendered.text
    assert f"For {payload} and RUTH" in html.unescape(rendered.html)
    # Whatever looks unfilled is held back rather than sent.
    if any(sign in payload for sign in ("{{", "{%")):
        assert check_rendered(rendered, "ruth@x.example", set()) == "unfilled"


class Seen(HTMLParser):
    """Every element of a page and its attributes, as a browser would read them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [(tag, name, value or "") for name, value in (*attrs, ("", ""))]


def is_harmless(page: str) -> None:
    """No element, handler or address that we did not put there."""
    found = Seen(page).found
    assert {tag for tag, _name, _value in found} - OURS == set()
    assert [name for _tag, name, _value in found if name.startswith("on")] == []
    loaded = [value for _tag, name, value in found if name in {"href", "src", "background"}]
    assert [one for one in loaded if not one.startswith(("https://", "mailto:"))] == []
    assert [one for one in RAN if one in page] == []


@pytest.mark.parametrize("payload", PAYLOADS[::9])
def test_the_editor_never_fails_on_one(client_of: ClientOf, owner: Member, payload: str) -> None:
    here = client_of(owner)
    typed = {
        "name": payload[:120], "purpose": "serve", "subject": payload[:200],
        "preheader": payload[:200], "body": payload, "layout": payload,
    }  # fmt: skip

    looked = here.post(reverse("messaging:check_text"), typed)
    kept = here.post(reverse("messaging:new_template"), typed)

    assert looked.status_code == 200
    assert kept.status_code == 422
    assert not Template.objects.exists()
    assert "<script>alert" not in kept.content.decode()
