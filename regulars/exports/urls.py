from django.urls import path

from regulars.exports import views

app_name = "exports"
urlpatterns = [
    path("", views.index, name="list"),
    path("new", views.ask, name="new"),
    path("<int:export_id>/", views.show, name="show"),
    path("<int:export_id>/progress", views.progress, name="progress"),
    path("<int:export_id>/post", views.post, name="post"),
    path("<int:export_id>/post-back", views.post_back, name="post_back"),
    path("<int:export_id>/file", views.download, name="download"),
]
