"""Do findings from the literature hold for the people we see?

One question at a time: what the source article claims, what the studies found, what this
service's own forms say, and what they cannot show.
"""

from dashboard.ui.page import heading, stop_without_data
from dashboard.ui.questions.controls import asked
from dashboard.ui.questions.display import show
from dashboard.ui.session import require

session = require("questions")
as_of = heading(session, "questions")
stop_without_data(session)
show(asked(session, as_of))
