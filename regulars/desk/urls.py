from django.urls import path

from regulars.desk import views

app_name = "desk"
urlpatterns = [
    path("healthy", views.healthy, name="healthy"),
]
