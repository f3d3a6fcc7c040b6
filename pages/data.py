"""What came in, what was refused and why, and how complete is it?

Files are read and shown before anything is stored; an import is all or nothing and can
be taken back.
"""

from dashboard.ui import directory, past_imports, upload
from dashboard.ui.page import heading, source_line
from dashboard.ui.session import require

session = require("data")
as_of = heading(session, "data")

upload.last_report(session)
files = upload.uploads(session)
upload.options_and_import(session, files)

directory.directory(session)
past_imports.history(session)
past_imports.completeness_section(session, as_of)
source_line(session, as_of, past_imports.source_parts(session))
