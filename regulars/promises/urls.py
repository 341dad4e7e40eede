from django.urls import path

from regulars.promises import pledge_views, views

app_name = "promises"
urlpatterns = [
    path("", views.home, name="home"),
    path("pledge", pledge_views.pledge, name="pledge"),
    path("pledge/withdraw", pledge_views.withdraw, name="withdraw_pledge"),
    path("propose", views.propose, name="propose"),
    path("shown", views.show_them, name="show_them"),
    path("new", views.make, name="make"),
    path("of/<int:customer_id>", views.panel, name="of"),
    path("of/<int:customer_id>/new", views.make_to, name="make_to"),
    path("<int:promise_id>/", views.show, name="show"),
    path("<int:promise_id>/keep", views.keep, name="keep"),
    path("<int:promise_id>/break", views.give_up, name="break"),
    path("<int:promise_id>/withdraw", views.withdraw, name="withdraw"),
    path("<int:promise_id>/postpone", views.postpone, name="postpone"),
    path("<int:promise_id>/back/<slug:state>", views.back, name="back"),
]
