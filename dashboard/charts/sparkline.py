"""The last forms of one scale as a small picture for a table cell."""

from base64 import b64encode
from collections.abc import Sequence
from datetime import date
from html import escape

from dashboard.charts.palette import Palette
from dashboard.language import Words

_WIDTH = 132
_LEFT, _RIGHT = 6, 98
_MARGIN = 8


def sparkline(
    days: Sequence[date],
    scores: Sequence[float | None],
    as_of: date,
    minimum: float,
    maximum: float,
    cut_off: float | None,
    words: Words,
    palette: Palette,
    height: int = 60,
) -> str:
    """An SVG data address: true dates up to `as_of`, the full range of the scale, the cut-off
    dashed, a ring where a form has no score, and the last score in figures.

    days, scores: the forms of one scale, oldest first; None for a form without a score.
    height: in pixels, of the row that it fills; a picture of another shape would be cropped.
    """
    first = min([*days, as_of])
    length = max((as_of - first).days, 1)

    def across(day: date) -> float:
        return _LEFT + (_RIGHT - _LEFT) * (day - first).days / length

    def up(score: float) -> float:
        room = height - 2 * _MARGIN
        return height - _MARGIN - room * (score - minimum) / (maximum - minimum)

    drawn: list[str] = []
    if cut_off is not None:
        level = up(cut_off)
        drawn.append(
            f'<line x1="{_LEFT}" y1="{level:.1f}" x2="{_RIGHT}" y2="{level:.1f}" '
            f'stroke="{palette.soft_ink}" stroke-width="1.2" stroke-dasharray="3 3"/>'
        )
    line: list[str] = []
    last: tuple[float, float, float] | None = None
    for day, score in zip(days, scores, strict=True):
        x = across(day)
        if score is None:
            drawn += _joined(line, palette)
            line = []
            drawn.append(
                f'<circle cx="{x:.1f}" cy="{_MARGIN}" r="3" fill="none" '
                f'stroke="{palette.not_judged}" stroke-width="1.4"/>'
            )
            continue
        y = up(score)
        line.append(f"{x:.1f},{y:.1f}")
        drawn.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.4" fill="{palette.distress}"/>')
        last = (x, y, score)
    drawn += _joined(line, palette)
    if last is not None:
        x, y, score = last
        drawn.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{palette.distress}"/>')
        drawn.append(
            f'<text x="{_WIDTH - 3}" y="{min(max(y + 5, 14), height - 4):.1f}" '
            f'text-anchor="end" font-family="sans-serif" font-size="15" font-weight="600" '
            f'fill="{palette.ink}">{escape(words.number(round(score, 1)))}</text>'
        )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" '
        f'viewBox="0 0 {_WIDTH} {height}">{"".join(drawn)}</svg>'
    )
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode("ascii")


def _joined(line: list[str], palette: Palette) -> list[str]:
    if len(line) < 2:
        return []
    return [
        f'<polyline points="{" ".join(line)}" fill="none" stroke="{palette.distress}" '
        f'stroke-width="2"/>'
    ]
