"""Measures: what is asked, how it is scored, and what the scores mean.

One TOML file a measure, written by clinicians; README.md in this folder says how.
"""
