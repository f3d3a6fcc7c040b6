"""Pure numbers and the sentences built from them: no data access, no display."""
