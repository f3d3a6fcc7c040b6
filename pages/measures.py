"""What does this score mean, how is it made, and who says so?

Every measure of the catalogue as its definition states it: nothing here is written for
the page, so it cannot differ from what is computed.
"""

from dashboard.ui import measure_sheet
from dashboard.ui.page import answer, heading, source_line
from dashboard.ui.session import require

session = require("measures")
words = session.words
as_of = heading(session, "measures")

measure_sheet.overview(session)
measure = measure_sheet.choose(session)
answer(measure.name, measure.asks)
measure_sheet.sheet(session, measure)
source_line(session, as_of, [words.say("source.catalogue", version=session.catalogue.version)])
