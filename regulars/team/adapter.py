from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class TeamAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves: members come by the console's link or an invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
