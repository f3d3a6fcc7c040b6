"""Figures: a frame in, a Plotly figure out. One figure a file."""
