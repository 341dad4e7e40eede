from django.urls import path

from regulars.planning import views

app_name = "planning"
urlpatterns = [
    path("cadences", views.cadences, name="cadences"),
]
