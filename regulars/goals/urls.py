from django.urls import path

from regulars.goals.views import breaking_even

app_name = "goals"
urlpatterns = [
    path("break-even", breaking_even.show, name="break_even"),
    path("break-even/from", breaking_even.inputs, name="inputs"),
    path("break-even/<slug:kind>/new", breaking_even.row, name="new_row"),
    path("break-even/<slug:kind>/<int:row_id>", breaking_even.row, name="row"),
    path("break-even/<slug:kind>/<int:row_id>/remove", breaking_even.remove, name="remove"),
    path("break-even/<slug:kind>/<int:row_id>/back", breaking_even.back, name="back"),
]
