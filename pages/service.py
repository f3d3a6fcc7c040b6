"""Do people in distress reach someone in time, and does any site differ by more than chance?

Groups only, for everybody: counted over the whole service without names, small groups hidden.
"""

from dashboard.ui import report, service
from dashboard.ui.page import answer, heading, source_line, stop_without_data
from dashboard.ui.session import require

session = require("service")
as_of = heading(session, "service")
stop_without_data(session)
report.offer(session, as_of)

told = service.told(session, as_of)
answer(*service.answer_to(session, told))
service.cards(session, told)
service.month_by_month(session, told)
service.waiting_and_sites(session, told)
service.by_site(session, told)
service.coverage(session, told)
service.nurses(session, told)
service.indicators(session, told)
source_line(session, told.as_of, service.source_parts(session, told))
