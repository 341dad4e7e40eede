from django.urls import path

from regulars.goals.views import breaking_even, goals, splitting

app_name = "goals"
urlpatterns = [
    path("", goals.home, name="home"),
    path("share-out", splitting.split, name="split"),
    path("new", goals.new, name="new"),
    path("<int:goal_id>", goals.show, name="show"),
    path("<int:goal_id>/change", goals.change, name="change"),
    path("<int:goal_id>/accept", goals.accept, name="accept"),
    path("<int:goal_id>/pass-on", goals.pass_on, name="pass_on"),
    path("<int:goal_id>/ask-again", goals.again, name="ask_again"),
    path("<int:goal_id>/take-away", goals.take_away, name="take_away"),
    path("<int:goal_id>/put-back", goals.put_back, name="put_back"),
    path("break-even", breaking_even.show, name="break_even"),
    path("break-even/from", breaking_even.inputs, name="inputs"),
    path("break-even/<slug:kind>/new", breaking_even.row, name="new_row"),
    path("break-even/<slug:kind>/<int:row_id>", breaking_even.row, name="row"),
    path("break-even/<slug:kind>/<int:row_id>/remove", breaking_even.remove, name="remove"),
    path("break-even/<slug:kind>/<int:row_id>/back", breaking_even.back, name="back"),
]
