"""Why to get in touch: each reason is a condition over what is known of every customer.

A reason speaks SQL over the columns named in the room's README, so that one pass over the list
weighs all of them; its sentences are written when they are read, from the facts that were kept.
"""

from datetime import date, timedelta

from regulars.consent.choices import Purpose
from regulars.core.reasons import ReasonSource, register_source
from regulars.planning import occasions, words
from regulars.planning.known import Reason, register

_HOW_SILENT = (
    "CASE WHEN silent_days IS NULL THEN 1 + waiting_days / 28.0 ELSE silent_days / cadence_days END"
)

# From the particular to the general: where several hold, the first has the word.
register(
    Reason(
        name="first_purchase",
        purpose=Purpose.THANK,
        urgency=1.4,
        when="kind <> 'department' AND purchase_count = 1 AND first_on >= %(fresh_since)s"
        " AND first_on >= %(live_since)s AND first_on < %(day)s",
        overdue="1",
        due_of=lambda known: (known.first_on or date.min) + timedelta(days=1),
        sentence=words.first_purchase,
        to_say=words.to_say_after_first_purchase,
    )
)
# History starts nothing: someone who had begun to slip before we went live waits for the cadence.
register(
    Reason(
        name="rhythm_late",
        purpose=Purpose.ASK,
        urgency=1.2,
        when="kind <> 'department' AND tier <> 'lost' AND rhythm_due_on < %(day)s"
        " AND slipping_on <= %(day)s AND slipping_on >= %(live_since)s",
        overdue="1 + slipping_days / 30.0",
        due_of=lambda known: known.rhythm_due_on or known.cadence_due_on,
        sentence=words.rhythm_late,
        to_say=words.to_say_when_late,
    )
)
# They still come, so nothing else speaks of them.
register(
    Reason(
        name="buys_less",
        purpose=Purpose.ASK,
        urgency=1.1,
        when="kind <> 'department' AND tier IN ('core', 'active')"
        " AND less_since_on >= %(live_since)s",
        overdue="1",
        due_of=lambda known: known.less_since_on,
        sentence=words.buys_less,
        to_say=words.to_say_when_buying_less,
    )
)
register(
    Reason(
        name="department_due",
        purpose=Purpose.ASK,
        urgency=1.0,
        when="kind = 'department' AND is_due = 1",
        overdue=_HOW_SILENT,
        due_of=lambda known: known.cadence_due_on,
        sentence=words.department_due,
        to_say=words.to_say_to_a_department,
        may_wait=True,
    )
)
# Mail does not stand in for a visit, a call or a note, however often it comes.
register(
    Reason(
        name="personal_due",
        purpose=Purpose.SERVE,
        urgency=1.0,
        when="kind <> 'department'",
        overdue="unmet_days / personal_days",
        due_of=lambda known: known.personal_due_on,
        sentence=words.personal_due,
        to_say=words.to_say_when_due,
        waits_until="is_personal_due",
        may_wait=True,
    )
)
register(
    Reason(
        name="cadence_due",
        purpose=Purpose.SERVE,
        urgency=1.0,
        when="kind <> 'department' AND is_due = 1 AND silent_days IS NOT NULL",
        overdue=_HOW_SILENT,
        due_of=lambda known: known.cadence_due_on,
        sentence=words.cadence_due,
        to_say=words.to_say_when_due,
        may_wait=True,
    )
)
register(
    Reason(
        name="no_touch_yet",
        purpose=Purpose.ASK,
        urgency=0.8,
        when="kind <> 'department' AND is_due = 1 AND silent_days IS NULL",
        overdue=_HOW_SILENT,
        due_of=lambda known: known.cadence_due_on,
        sentence=words.no_touch_yet,
        to_say=words.to_say_at_first,
        may_wait=True,
    )
)

# Matters of a day, which do not wait for the cadence.
register_source(ReasonSource(
    name="answer_waiting", purpose="serve", urgency=1.5, rows=occasions.waiting_answers,
    describe=occasions.tell_waiting, listed=("touch",),
))  # fmt: skip
register_source(ReasonSource(
    name="birthday", purpose="thank", urgency=1.0, rows=occasions.birthdays,
    describe=occasions.tell_birthdays,
))  # fmt: skip
register_source(ReasonSource(
    name="anniversary", purpose="thank", urgency=0.9, rows=occasions.anniversaries,
    describe=occasions.tell_anniversaries, listed=("customer.since_on",),
))  # fmt: skip
register_source(ReasonSource(
    name="details_stale", purpose="ask", urgency=0.9, rows=occasions.failing_details,
    describe=occasions.tell_failing,
))  # fmt: skip
