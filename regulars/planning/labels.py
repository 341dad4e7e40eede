"""What each reason is called on the page on which it is switched off."""

from django.utils.translation import gettext_lazy as _

from regulars.core.reasons import source_named

LABELS = {
    "first_purchase": _("A first purchase"),
    "rhythm_late": _("Later than usual"),
    "buys_less": _("Still comes, and buys less"),
    "department_due": _("A department of ours not asked for long"),
    "personal_due": _("No visit, call or note for long"),
    "cadence_due": _("Nothing heard from us for long"),
    "no_touch_yet": _("Never been in touch"),
    "anniversary": _("A customer for so many years today"),
    "birthday": _("A birthday"),
    "answer_waiting": _("They wrote, and nobody answered"),
    "details_stale": _("A way to reach them no longer works"),
    "internal_waiting": _("A department of ours waits for something"),
    "case_about_to_break": _("Something to put right, and the time for it runs out"),
    "case_waiting": _("Something to put right"),
    "promise_due": _("A promise that is due"),
    "article_fits": _("Something to read that fits them"),
    "bulletin_owed": _("A bulletin that could not be written to them"),
}


def label_of(name: str) -> str:
    """In the reader's language; a reason of which nobody said so is called as its room calls it."""
    if name in LABELS:
        return str(LABELS[name])
    source = source_named(name)
    return str(source.label) if source and source.label else name.replace("_", " ").capitalize()
