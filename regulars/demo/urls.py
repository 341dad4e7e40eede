from django.urls import path

from regulars.demo import views

app_name = "demo"
urlpatterns = [
    path("", views.home, name="home"),
    path("load/", views.load, name="load"),
    path("remove/", views.remove, name="remove"),
    path("progress/<int:job_id>/", views.progress, name="progress"),
]
