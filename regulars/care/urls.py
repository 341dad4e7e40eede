from django.urls import path

from regulars.care.views import expectations as views

app_name = "care"
urlpatterns = [
    path("expectations/", views.home, name="expectations"),
    path("expectations/of/<int:customer_id>", views.panel, name="expectations_of"),
    path("expectations/of/<int:customer_id>/note", views.note, name="note_expectation"),
    path(
        "expectations/<int:expectation_id>/take-back", views.take_back, name="take_back_expectation"
    ),
]
