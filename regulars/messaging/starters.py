"""The texts that Regulars brings: written to serve first, to be changed by whoever uses them."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from regulars.consent.choices import Purpose


@dataclass(frozen=True, slots=True)
class Starter:
    """One text as it comes; `key` finds it again when somebody wants it back as it was."""

    key: str
    name: str
    purpose: Purpose
    subject: str
    preheader: str
    body: str

    @property
    def source(self) -> str:
        return f"starter:{self.key}"


def starters() -> list[Starter]:
    """In the language of whoever brings them in."""
    return [
        _thank_you(), _how_can_we_help(), _check_in(), _bulletin(), _apology(),
        _confirm_details(), _missed_you(), _what_matters(), _after_delivery(), _is_it_right(),
    ]  # fmt: skip


def starter_of(source: str) -> Starter | None:
    return next((one for one in starters() if one.source == source), None)


def _thank_you() -> Starter:
    return Starter(
        "thank-you", _("Thank you"), Purpose.THANK,
        _("Thank you, {{ first_name | default: \"from all of us\" }}"),
        _("Nothing to do and nothing to buy: only thanks."),
        _("""{{ greeting }}

Thank you for coming to us. You could have gone elsewhere, and we noticed that you did not.

I hope {{ last_item | default: "what you took home" }} was as it should be. If anything was not, tell me and I will put it right.

There is nothing you need to do. I only wanted to say it.

{{ signature }}
"""),  # noqa: E501
    )  # fmt: skip


def _how_can_we_help() -> Starter:
    return Starter(
        "how-can-we-help", _("How can we help?"), Purpose.SERVE,
        _("Is there something we can do for you?"),
        _("One question, and a person who reads the answer."),
        _("""{{ greeting }}

I have one question: is there something that we could do for you, or do better?

It may be small: an hour that suits you, a thing we never have, something carried to the car. Answer this message in a line or two. I read every answer myself, and I will tell you what became of it.

{% if help_url %}
Or [tell us in two taps]({{ help_url }}). No password; and “nothing now, thank you” is an answer, too.
{% endif %}

If all is well, leave this unanswered and do not give it another thought.

{{ signature }}
"""),  # noqa: E501
    )  # fmt: skip


def _check_in() -> Starter:
    return Starter(
        "check-in", _("Was everything all right?"), Purpose.ASK,
        _("Was {{ last_item | default: \"everything\" }} all right?"),
        _("If anything was wrong, we would like to mend it."),
        _("""{{ greeting }}

You were with us lately, and I would like to know how it went. Was {{ last_item | default: "what you bought" }} as you expected?

- **If it was:** good. You need not answer.
- **If it was not:** answer this message and say what happened. You will not have to prove anything, and I will come back to you within one working day.

{{ signature }}
"""),  # noqa: E501
    )  # fmt: skip


def _bulletin() -> Starter:
    return Starter(
        "bulletin", _("Bulletin: what we know"), Purpose.REASSURE,
        _("What we know, and when you will hear more"),
        _("What is certain, what is not, and what we do about it."),
        _("""{{ greeting }}

Something has happened that concerns you. Here is where it stands.

{{ know }}
[What is certain, and since when.]

{{ not_know }}
[What nobody can say yet. Leave nothing out because it is awkward.]

{{ doing }}
[What we do about it, and what you can do meanwhile.]

{{ next_update }}
[A day and an hour. You will hear from us then, even if there is no news.]

{{ end_box }}
If it touches you in a way that we have not thought of, call me.

{{ signature }}
"""),
    )  # fmt: skip


def _apology() -> Starter:
    return Starter(
        "apology", _("An apology, and how we make it good"), Purpose.RECOVER,
        _("We are sorry, and this is how we make it good"),
        _("What went wrong, and what we have done about it."),
        _("""{{ greeting }}

We let you down: [what went wrong, in one sentence, without an excuse]. I am sorry.

**What we do for you.** [What makes it good. It is yours already; you need not ask for it.]

**What we have changed,** so that it does not happen again: [what].

If that does not make it good, tell me what would.

{{ signature }}
"""),
    )  # fmt: skip


def _confirm_details() -> Starter:
    return Starter(
        "confirm-details", _("Confirm your details"), Purpose.SERVE,
        _("Do we still have this right?"),
        _("A quick look, so that we reach you the way you like."),
        _("""{{ greeting }}

We have you in our book as **{{ full_name | default: "a customer whose name we never asked" }}**, and we write to you at this address. Is that still right?

- **If it is:** there is nothing to do.
- **If something has changed:** answer this message with what is right, and I will change it the same day.

{% if preferences_url %}
Or [look through your details yourself]({{ preferences_url }}): that takes a minute, and no password. There you also say how and how often you want to hear from us. Less is fine, and so is nothing.
{% endif %}

{{ signature }}
"""),  # noqa: E501
    )  # fmt: skip


def _missed_you() -> Starter:
    return Starter(
        "missed-you", _("We have missed you"), Purpose.SERVE,
        _("We have missed you"),
        _("Is it something that we did?"),
        _("""{{ greeting }}

You used to come by every {{ usual_gap | default: "few weeks" }}, and now it has been longer. I hope that all is well with you.

If it is something that we did, I would like to hear it, also when it is not pleasant. Answer this message, and I will read it myself.

{% if why_url %}
Or [tell us in two taps]({{ why_url }}). No password, and nothing is sold there.
{% endif %}

And if you are simply well served elsewhere, or life has taken another turn: thank you for the time that you were with us. The door stays open.

{{ signature }}
"""),  # noqa: E501
    )  # fmt: skip


def _what_matters() -> Starter:
    return Starter(
        "what-matters", _("What matters to you now?"), Purpose.ASK,
        _("One question: what matters to you now?"),
        _("Two taps, and we know what to do first."),
        _("""{{ greeting }}

Much has changed lately, and we would rather ask than guess: what matters most to you now?

{% if expectations_url %}
[Tell us in two taps]({{ expectations_url }}). No password, and you can change your answer later.
{% endif %}

You may also answer this message with a word: safety, delivery, hours, payment, or something else. I read every answer.

{{ signature }}
"""),  # noqa: E501
    )  # fmt: skip


def _after_delivery() -> Starter:
    return Starter(
        "after-delivery", _("After a delivery: how did it go?"), Purpose.ASK,
        _("How did it go with {{ checkin_product | default: \"what you bought\" }}?"),
        _("What went well, and is anything not right?"),
        _("""{{ greeting }}

{% if checkin_late %}
It came to you later than we had promised. I am sorry: that was ours to get right.
{% endif %}

I hope that {{ checkin_product | default: "what you bought" }} is as it should be. What went well? And is anything not right?

{% if checkin_url %}
{% if checkin_marks == "10" %}
How was it? Bad: [0]({{ checkin_url }}?m=0) [1]({{ checkin_url }}?m=1) [2]({{ checkin_url }}?m=2) [3]({{ checkin_url }}?m=3) [4]({{ checkin_url }}?m=4) [5]({{ checkin_url }}?m=5) [6]({{ checkin_url }}?m=6) [7]({{ checkin_url }}?m=7) [8]({{ checkin_url }}?m=8) [9]({{ checkin_url }}?m=9) [10]({{ checkin_url }}?m=10) very good. Nothing is sent before you press “Send” on the page.
{% elsif checkin_marks == "recommend" %}
How likely is it that you would recommend us to a friend or colleague? Not at all: [0]({{ checkin_url }}?m=r0) [1]({{ checkin_url }}?m=r1) [2]({{ checkin_url }}?m=r2) [3]({{ checkin_url }}?m=r3) [4]({{ checkin_url }}?m=r4) [5]({{ checkin_url }}?m=r5) [6]({{ checkin_url }}?m=r6) [7]({{ checkin_url }}?m=r7) [8]({{ checkin_url }}?m=r8) [9]({{ checkin_url }}?m=r9) [10]({{ checkin_url }}?m=r10) extremely likely. Nothing is sent before you press “Send” on the page.
{% elsif checkin_marks == "effort" %}
We made it easy for you: do you agree? Not at all: [1]({{ checkin_url }}?m=e1) [2]({{ checkin_url }}?m=e2) [3]({{ checkin_url }}?m=e3) [4]({{ checkin_url }}?m=e4) [5]({{ checkin_url }}?m=e5) [6]({{ checkin_url }}?m=e6) [7]({{ checkin_url }}?m=e7) entirely. Nothing is sent before you press “Send” on the page.
{% else %}
How was it? Bad: [1]({{ checkin_url }}?m=1) [2]({{ checkin_url }}?m=2) [3]({{ checkin_url }}?m=3) [4]({{ checkin_url }}?m=4) [5]({{ checkin_url }}?m=5) very good. Nothing is sent before you press “Send” on the page.
{% endif %}

[Tell us in your own words]({{ checkin_url }}). No password, and you can change your answer for a week.
{% endif %}

You may also answer this message in a line. If something is not right, a person reads it the same day and comes back to you.

{{ signature }}
"""),  # noqa: E501
    )  # fmt: skip


def _is_it_right() -> Starter:
    return Starter(
        "is-it-right", _("Put right: is it right now?"), Purpose.SERVE,
        _("What we did about it, and one question"),
        _("Is it right now? A tap tells us."),
        _("""{{ greeting }}

Something was not right, and that was ours to put right. This is what we did about it: {{ case_done | default: "we put it right" }}

Is it right now?

{% if case_url %}
[Tell us in one tap]({{ case_url }}). No password. If it is not right, a person comes back to you.
{% endif %}

You may also answer this message in a line: I read every answer.

{{ signature }}
"""),  # noqa: E501
    )  # fmt: skip
