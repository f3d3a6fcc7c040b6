"""The parts that pages are made of; with `pages/`, the only code that knows Streamlit."""
