from django.urls import path

from regulars.desk import design, views

app_name = "desk"
urlpatterns = [
    path("healthy", views.healthy, name="healthy"),
    path("design", design.design, name="design"),
]
