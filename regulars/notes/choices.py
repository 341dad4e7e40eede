from django.db import models
from django.utils.translation import gettext_lazy as _


class NoteState(models.TextChoices):
    """How far a note is."""

    WAITING = "waiting", _("To be worded")
    PRINTED = "printed", _("Printed")
    WRITTEN = "written", _("Written")
    POSTED = "posted", _("Posted")
    DROPPED = "dropped", _("Taken off the desk")


# On the desk: somebody still has to do something.
UNDER_WAY = (NoteState.WAITING, NoteState.PRINTED, NoteState.WRITTEN)
# On paper: it can go to the post.
ON_PAPER = (NoteState.PRINTED, NoteState.WRITTEN)


class Hand(models.TextChoices):
    """Who writes: the printer in a handwriting-like font, or somebody with a pen."""

    FONT = "font", _("Print it in handwriting")
    PEN = "pen", _("I copy it by hand")


class Source(models.TextChoices):
    """Where the note was asked for."""

    TODAY = "today", _("Today’s list")
    CUSTOMER = "customer", _("The customer’s page")
    SELECTION = "selection", _("A selection of customers")
