"""Attuned: needed and received support, and distress, in a cancer team's own data."""
