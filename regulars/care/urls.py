from django.urls import path

from regulars.care.views import answers, check_ins, delays, questions
from regulars.care.views import expectations as views

app_name = "care"
urlpatterns = [
    path("expectations/", views.home, name="expectations"),
    path("expectations/of/<int:customer_id>", views.panel, name="expectations_of"),
    path("expectations/of/<int:customer_id>/note", views.note, name="note_expectation"),
    path(
        "expectations/<int:expectation_id>/take-back", views.take_back, name="take_back_expectation"
    ),
    path("answers/", answers.home, name="answers"),
    path("answers/rules", answers.rules, name="answer_rules"),
    path("answers/of/<int:customer_id>", answers.panel, name="answers_of"),
    path("answers/of/<int:customer_id>/hear", answers.hear, name="hear_answer"),
    path("answers/<int:answer_id>/take-back", answers.take_back, name="take_back_answer"),
    path("answers/<int:answer_id>/aside", answers.aside, name="set_answer_aside"),
    path("answers/<int:answer_id>/count", answers.count, name="count_answer"),
    path("check-ins/", check_ins.home, name="check_ins"),
    path("check-ins/of/<int:customer_id>", check_ins.panel, name="check_ins_of"),
    path("check-ins/quiet", check_ins.quiet, name="ask_after_quiet"),
    path("check-ins/settings", check_ins.settings, name="asking_settings"),
    path("check-ins/delays/", delays.home, name="delays"),
    path("check-ins/delays/add", delays.add, name="add_delay"),
    path("check-ins/delays/<int:delay_id>/say", delays.say, name="say_delay"),
    path("check-ins/questions/", questions.home, name="questions"),
    path("check-ins/questions/add", questions.add, name="add_questions"),
    path("check-ins/questions/<int:questions_id>", questions.edit, name="edit_questions"),
    path(
        "check-ins/questions/<int:questions_id>/forget", questions.forget, name="forget_questions"
    ),
    path(
        "check-ins/questions/<int:questions_id>/recall", questions.recall, name="recall_questions"
    ),
    path("check-ins/<int:check_in_id>/asked", check_ins.asked, name="check_in_asked"),
    path("check-ins/<int:check_in_id>/leave-out", check_ins.left_out, name="check_in_left_out"),
    path("check-ins/<int:check_in_id>/again", check_ins.again, name="check_in_again"),
]
