"""Entry: `streamlit run streamlit_app.py` serves dashboard/app.py behind security headers.

The app script lives one folder down because Streamlit looks for a `pages/` folder beside
it: there is none there, so a first request to /patient on a fresh server cannot run a
page before dashboard/app.py has decided who is asking.
"""

import streamlit as st
from starlette.middleware import Middleware

from dashboard.ui.failures import keep_texts_out_of_the_log, on_script_error
from dashboard.ui.headers import SecurityHeaders

keep_texts_out_of_the_log()

app = st.App(
    "dashboard/app.py",
    middleware=[Middleware(SecurityHeaders)],
    on_script_error=on_script_error,
)
