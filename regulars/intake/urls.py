from django.urls import path

from regulars.intake import inlet_views, shape_views, views

app_name = "intake"
urlpatterns = [
    path("", views.list_imports, name="list"),
    path("new/", views.new_import, name="new"),
    path("by-itself/", inlet_views.list_inlets, name="inlets"),
    path("by-itself/look/", inlet_views.look_now, name="look"),
    path("by-itself/<int:inlet_id>/remove/", inlet_views.remove, name="remove_inlet"),
    path("remembered/", shape_views.list_shapes, name="shapes"),
    path("remembered/<int:shape_id>/", shape_views.change, name="change_shape"),
    path("<int:import_id>/", views.show_import, name="show"),
    path("<int:import_id>/columns/", views.choose_columns, name="columns"),
    path("<int:import_id>/sheet/", views.choose_sheet, name="sheet"),
    path("<int:import_id>/progress/", views.progress, name="progress"),
    path("<int:import_id>/put-together/", views.put_together, name="put_together"),
    path("<int:import_id>/bring-in/", views.bring_in, name="bring_in"),
    path("<int:import_id>/undo/", views.undo, name="undo"),
    path("<int:import_id>/mend/", views.mend, name="mend"),
    path("<int:import_id>/not-taken.csv", views.untaken_as_csv, name="untaken"),
    path("<int:import_id>/leave/", views.leave, name="leave"),
    path("<int:import_id>/rows.csv", views.rows_as_csv, name="rows"),
]
