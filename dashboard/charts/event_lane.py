"""What happened around the scores on true dates: treatment, groups, contacts, referrals, and
what the team wrote down."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from dashboard.analysis.what_was_done import event_in_words
from dashboard.charts.canvas import INSIDE, Drawing, plain, shortened
from dashboard.charts.palette import see_through
from dashboard.language import Words

LANE_HEIGHT = 32
Event = Mapping[Any, Any]
# Lanes from top to bottom, and the kinds of event in each.
LANES: dict[str, tuple[str, ...]] = {
    "treatment": (
        "diagnosis",
        "surgery",
        "chemotherapy",
        "radiotherapy",
        "treatment_start",
        "treatment_end",
        "recurrence",
    ),
    "groups": ("group_session_attended", "group_session_missed"),
    "contacts": ("contact",),
    "referral": ("referral_offered", "referral_accepted", "referral_attended"),
    "notes": ("note", "act"),
}

# Shape tells the kind; filled means it took place.
_SYMBOLS = {
    "diagnosis": "diamond-open",
    "surgery": "diamond",
    "chemotherapy": "diamond",
    "radiotherapy": "diamond",
    "treatment_start": "triangle-right",
    "treatment_end": "triangle-left",
    "recurrence": "star-diamond",
    "group_session_attended": "square",
    "group_session_missed": "square-open",
    "contact": "circle",
    "note": "circle-open",
    "act": "hexagon-open",
    "referral_offered": "triangle-right-open",
    "referral_accepted": "triangle-right-dot",
    "referral_attended": "triangle-right",
}
# These change a life, so a line runs from them through every panel.
_GUIDES = ("surgery", "recurrence")
_LABELLED = (
    "diagnosis",
    "surgery",
    "treatment_start",
    "treatment_end",
    "recurrence",
    "group_session_attended",
    "referral_offered",
    "referral_attended",
)
# Roughly, on a figure of ordinary width: what a span needs for its name, and a letter.
_ROOM_FOR_WORDS = 0.1
_SHARE_OF_A_LETTER = 0.0105


def draw_event_lane(
    drawing: Drawing,
    row: int,
    events: pd.DataFrame,
    start: date,
    end: date,
    words: Words,
    *,
    narrow: bool,
) -> None:
    """Draw the events of one person in the last row of a drawing of trajectories.

    events: rows of the query `patient_events`, and acts of the team in the same columns
        (analysis/what_was_done.py). What came after `end` is counted at the right.
    """
    left, right = pd.Timestamp(start), pd.Timestamp(end)
    # Plain records: a frame for each lane takes longer than drawing it.
    dated = sorted(
        (
            {
                "detail": None,
                **event,
                "ended_on": event["occurred_on"]
                if pd.isna(event["ended_on"])
                else event["ended_on"],
            }
            for event in events.to_dict("records")
        ),
        key=lambda event: event["occurred_on"],
    )
    shown = [one for one in dated if one["ended_on"] >= left and one["occurred_on"] <= right]
    later = [one["kind"] for one in dated if one["occurred_on"] > right]
    lane = _Lane(drawing, row, left, right, words)
    for height, (name, kinds) in enumerate(reversed(LANES.items())):
        lane.name(name, height, narrow=narrow)
        in_lane = [one for one in shown if one["kind"] in kinds]
        lasting = [one for one in in_lane if one["ended_on"] > one["occurred_on"]]
        for span in lasting:
            lane.span(span, height)
        lane.points([one for one in in_lane if one not in lasting], height)
        if not narrow and (after := sum(kind in kinds for kind in later)):
            lane.later(after, height)
    for event in shown:
        if event["kind"] in _GUIDES and left <= event["occurred_on"] <= right:
            lane.guide(event["occurred_on"])
    drawing.y_axis(
        row,
        range=[-0.6, len(LANES) - 0.4],
        showgrid=False,
        showticklabels=False,
        showline=False,
    )


class _Lane:
    """The row of the drawing that holds the lanes, each at its own height."""

    def __init__(
        self, drawing: Drawing, row: int, left: pd.Timestamp, right: pd.Timestamp, words: Words
    ) -> None:
        self.drawing = drawing
        self.row = row
        self.left = left
        self.right = right
        self.words = words
        self.palette = drawing.palette

    def name(self, lane: str, height: int, *, narrow: bool) -> None:
        self.drawing.write(
            self.words.say(f"lane.{lane}"),
            row=self.row,
            colour=self.palette.soft_ink,
            xref="paper",
            x=0,
            xshift=0 if narrow else -12,
            xanchor="left" if narrow else "right",
            y=height,
            yshift=12 if narrow else 0,
        )

    def span(self, event: Event, height: int) -> None:
        """A bar from beginning to end, with its name inside where there is room."""
        first = max(event["occurred_on"], self.left)
        last = min(event["ended_on"], self.right)
        self.drawing.draw(
            self.row,
            {
                "type": "scatter",
                "x": [first, last, last, first, first],
                "y": [height - 0.3, height - 0.3, height + 0.3, height + 0.3, height - 0.3],
                "mode": "lines",
                "fill": "toself",
                "fillcolor": see_through(self.palette.accent, 0.22),
                "line": {"color": self.palette.accent, "width": 1},
                "hoverinfo": "text",
                "text": _said(event, self.words),
            },
        )
        if (last - first) > _ROOM_FOR_WORDS * (self.right - self.left):
            self.drawing.write(
                self.words.say(f"event.{event['kind']}"),
                row=self.row,
                colour=self.palette.ink,
                size=INSIDE,
                x=first + (last - first) / 2,
                y=height,
            )

    def points(self, events: Sequence[Event], height: int) -> None:
        """A mark an event, and words above where the words before leave room."""
        if not events:
            return
        self.drawing.draw(
            self.row,
            {
                "type": "scatter",
                "x": [event["occurred_on"] for event in events],
                "y": [height] * len(events),
                "mode": "markers",
                "marker": {
                    "symbol": [_SYMBOLS[event["kind"]] for event in events],
                    "size": [7 if event["kind"].startswith("group") else 10 for event in events],
                    "color": self.palette.ink,
                    "line": {"color": self.palette.ink, "width": 1.2},
                },
                "text": [_said(event, self.words) for event in events],
                "hovertemplate": "%{text}<extra></extra>",
            },
        )
        width = self.right - self.left
        free_from = self.left - width
        for event in events:
            if event["kind"] not in _LABELLED or event["occurred_on"] < free_from:
                continue
            text = _label(event, self.words)
            late = event["occurred_on"] > self.right - 0.15 * width
            self.drawing.write(
                text,
                row=self.row,
                colour=self.palette.soft_ink,
                size=INSIDE,
                x=event["occurred_on"],
                y=height,
                xanchor="right" if late else "left",
                xshift=5 if late else -5,
                yshift=14,
            )
            free_from = event["occurred_on"] + width * _SHARE_OF_A_LETTER * len(text)

    def later(self, events: int, height: int) -> None:
        """How many events came after the last day of the axis."""
        later = self.words.count("lane.later", events)
        self.drawing.write_right(self.row, later, height, colour=self.palette.soft_ink, away=12)

    def guide(self, day: pd.Timestamp) -> None:
        """A dotted line through every panel."""
        self.drawing.shape(
            self.row,
            type="line",
            x0=day,
            x1=day,
            yref="paper",
            y0=0,
            y1=1,
            line={"color": self.palette.soft_ink, "width": 1, "dash": "dot"},
            layer="below",
        )


def _label(event: Event, words: Words) -> str:
    """A group session goes by its program, everything else by its kind."""
    program = str(event["program_name"] or "")
    if event["kind"] == "group_session_attended" and program:
        return plain(shortened(program, 28))
    return words.say(f"event.{event['kind']}")


def _said(event: Event, words: Words) -> str:
    said = plain(event_in_words(event, words))
    days = words.date(event["occurred_on"])
    if event["ended_on"] > event["occurred_on"]:
        days = f"{days} – {words.date(event['ended_on'])}"
    return f"{days}<br>{said}"
