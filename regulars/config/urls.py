"""Every address of the product. Of allauth only the pages that are used: nobody signs up here."""

from allauth.account import views as account
from allauth.mfa.base import views as second_step
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from django.urls import include, path

from regulars.messaging.views.hooks import hear

sign_in = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("2fa/", second_step.index, name="mfa_index"),
    path("2fa/authenticate/", second_step.authenticate, name="mfa_authenticate"),
    path("2fa/reauthenticate/", second_step.reauthenticate, name="mfa_reauthenticate"),
    path("2fa/totp/activate/", totp.activate_totp, name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("2fa/codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "2fa/codes/generate/",
        recovery_codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "2fa/codes/download/",
        recovery_codes.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
]

urlpatterns = [
    path("", include("regulars.desk.urls")),
    path("customers/", include("regulars.desk.customer_urls")),
    path("touches/", include("regulars.conversations.urls")),
    path("messages/", include("regulars.messaging.urls")),
    path("imports/", include("regulars.intake.urls")),
    path("exports/", include("regulars.exports.urls")),
    path("insight/", include("regulars.insight.urls")),
    path("verdicts/", include("regulars.verdicts.urls")),
    path("lists/", include("regulars.lists.urls")),
    path("library/", include("regulars.library.urls")),
    path("offers/", include("regulars.offers.urls")),
    path("till/", include("regulars.offers.till_urls")),
    path("prices/", include("regulars.prices.urls")),
    path("bulletins/", include("regulars.bulletins.urls")),
    path("notes/", include("regulars.notes.urls")),
    path("care/", include("regulars.care.urls")),
    path("departures/", include("regulars.departures.urls")),
    path("goals/", include("regulars.goals.urls")),
    path("help-requests/", include("regulars.helping.urls")),
    path("mentions/", include("regulars.mentions.urls")),
    path("learning/", include("regulars.learning.urls")),
    path("plan/", include("regulars.planning.urls")),
    path("campaigns/", include("regulars.outreach.urls")),
    path("recovery/", include("regulars.recovery.urls")),
    path("team/", include("regulars.team.urls")),
    path("demo/", include("regulars.demo.urls")),
    path("consent/", include("regulars.consent.urls")),
    path("orders/", include("regulars.orders.urls")),
    path("cases/", include("regulars.cases.urls")),
    path("promises/", include("regulars.promises.urls")),
    path("account/", include(sign_in)),
    path("hooks/<slug:provider>/", hear, name="hear_provider"),
    path("", include("regulars.portal.urls")),
]

handler400 = "regulars.desk.views.not_understood"
handler403 = "regulars.desk.views.not_allowed"
handler404 = "regulars.desk.views.not_found"
handler500 = "regulars.desk.views.failed"
