"""How the two cohorts are drawn wherever they stand beside each other: by hue, shape and line."""

from dataclasses import dataclass

from dashboard.charts.palette import Palette


@dataclass(frozen=True)
class CohortMark:
    """Attributes: colour of mark and words, symbol and dash as Plotly names them, glyph in text."""

    colour: str
    symbol: str
    dash: str
    glyph: str


def mark_of_cohort(cohort: str, palette: Palette) -> CohortMark:
    if cohort == "a":
        return CohortMark(palette.accent, "circle", "solid", "●")
    return CohortMark(palette.second, "square", "dash", "■")


def picture_of_mark(cohort: str, palette: Palette) -> str:
    """The mark alone, as SVG."""
    mark = mark_of_cohort(cohort, palette)
    shape = (
        f'<circle cx="8" cy="8" r="6" fill="{mark.colour}"/>'
        if mark.symbol == "circle"
        else f'<rect x="2.5" y="2.5" width="11" height="11" fill="{mark.colour}"/>'
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16">{shape}</svg>'
