from django.urls import path

from regulars.team.views import absences, business, entrance, instance, people

app_name = "team"
urlpatterns = [
    path("", business.settings, name="settings"),
    path("business", business.describe, name="describe"),
    path("hours", business.set_hours, name="set_hours"),
    path("closed-days", business.add_closure, name="add_closure"),
    path("closed-days/<int:closure_id>/remove", business.remove_closure, name="remove_closure"),
    path("closed-days/put-back/<str:sealed>", business.put_back_closure, name="put_back_closure"),
    path("safety", instance.safety, name="safety"),
    path("safety/release", instance.release, name="release"),
    path("address/<str:token>", instance.prove_address, name="prove_address"),
    path("people", people.people, name="people"),
    path("people/invite", people.invite, name="invite"),
    path(
        "people/invitations/<int:link_id>/withdraw",
        people.withdraw_invitation,
        name="withdraw_invitation",
    ),
    path("people/<int:member_id>/minutes", people.set_minutes, name="set_minutes"),
    path("people/<int:member_id>/role", people.change_role, name="change_role"),
    path("people/<int:member_id>/leave", people.deactivate, name="deactivate"),
    path("people/<int:member_id>/back", people.let_back_in, name="let_back_in"),
    path("people/<int:member_id>/sign-in-link", people.make_sign_in_link, name="make_sign_in_link"),
    path("people/<int:member_id>/second-step", people.drop_second_step, name="drop_second_step"),
    path("away", absences.away, name="away"),
    path("away/note", absences.note, name="note_absence"),
    path("away/<int:absence_id>/change", absences.change, name="change_absence"),
    path("away/<int:absence_id>/remove", absences.remove, name="remove_absence"),
    path("away/put-back/<str:slip>", absences.put_back, name="put_absence_back"),
    path("first/<str:token>", entrance.first_account, name="first_account"),
    path("sign-in/<str:token>", entrance.one_time_sign_in, name="one_time_sign_in"),
    path("join/<str:token>", entrance.accept_invitation, name="accept_invitation"),
]
