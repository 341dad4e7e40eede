"""The link by which customers say how they would help."""

from django.utils.translation import gettext_lazy as _

from regulars.core.asking_links import AskingLink, register_asking_link

register_asking_link(
    AskingLink("ways_url", "ways", "s", _("Link: ways to help us"), takes_no_offer=True)
)
