"""The indicators of a service, as far as they may be told: screening, positive screens, time to
contact and referral, uptake, time to match, open gaps, alerts acted on.

Each number stands for people: everybody counts once in each period, with what came first in it (a
wait, an offer, an opening) or last (a score). Small groups are hidden here, before anything is
drawn, so that figure, table and files show the same.

Shares of months and years that could still turn out differently are not told yet. A later look
gives the same numbers, and two looks cannot be subtracted. Only curves and medians go on with what
became known since; the shares of curves are whole per cent.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from hashlib import md5

import pandas as pd

from dashboard.analysis.disclosure import last_month_end, safe_totals
from dashboard.analysis.service_counts import (
    Ask,
    Offers,
    Screening,
    Waits,
    gaps_of,
    openings_of,
    people_by_year,
)
from dashboard.analysis.service_targets import ServiceTargets
from dashboard.analysis.service_teller import People, Teller, Years, share_of, years_until
from dashboard.analysis.service_told import (
    TICKS,
    NurseRow,
    Service,
    Share,
    SiteRow,
    Wait,
    WaitCurves,
)
from dashboard.analysis.waiting import curve

_SCALE = ("measure_key", "scale_key", "scale_title", "screen_cut_off", "screen_cut_off_source")


def service(
    ask: Ask, as_of: date, targets: ServiceTargets, minimum: int, acted: str = "{}"
) -> Service:
    """All indicators as known at the end of the last whole month.

    Args:
        acted: JSON object, mark of an alert to the first day on which something was done about
            it, as the query `alert_response` takes it.
    """
    known = last_month_end(as_of)
    contact = Waits(ask, known, targets)
    uptake = Offers(ask, known, targets)
    screening = Screening(ask, known, minimum)
    positives = ask("service_positives", as_of=known)
    openings = openings_of(ask("gap_episodes", as_of=known), known)
    gaps = gaps_of(ask, known)
    responses = ask("alert_response", as_of=known, acted=acted, within_days=targets.contact_days)
    year = years_until(known, 0)
    teller = Teller(minimum, targets)
    split = contact.of_years(contact.in_time)
    return Service(
        known,
        minimum,
        targets,
        (
            screening.compared(teller),
            *teller.positives(positives, year),
            teller.waits("contact_days", contact.by_year("days", "contacted"), contact.years),
            teller.shares("contact_in_time", split, contact.years),
            teller.shares("safety_in_time", contact.safety_of(split, minimum), contact.years),
            teller.waits(
                "referral_days", contact.by_year("days_to_referral", "referred"), contact.years
            ),
            teller.shares("uptake", uptake.of_years(), uptake.years),
            teller.waits("match_days", people_by_year(openings, "days", "met"), year),
            *teller.open_gaps(gaps, known),
            teller.shares("alerts_in_time", _of_nurses(responses), contact.years),
        ),
        {
            name: series
            for name, series in (
                ("screening", screening.series(teller)),
                *teller.positive_series(positives, known),
                ("contact_days", contact.median_series(teller, "days", "contacted")),
                ("contact_in_time", contact.share_series(teller)),
                ("referral_days", contact.median_series(teller, "days_to_referral", "referred")),
                ("uptake", uptake.series(teller)),
                *teller.gap_series(gaps, known),
                ("alerts_in_time", teller.alert_series(responses, known)),
            )
            if series.months
        },
        {
            "contact": _curves(
                "contact", contact.by_year("days", "contacted"), contact.years, minimum
            ),
            "referral": _curves(
                "referral", contact.by_year("days_to_referral", "referred"), contact.years, minimum
            ),
            "match": _curves("match", people_by_year(openings, "days", "met"), year, minimum),
        },
        _sites(contact, uptake, screening, teller),
        screening.cells(),
        _nurses(responses, minimum),
        {
            f"{measure}/{scale}": (str(title), float(cut_off), str(source))
            for measure, scale, title, cut_off, source in zip(
                *(positives[name] for name in _SCALE), strict=True
            )
        },
    )


def acted_of(days: Mapping[str, date]) -> str:
    """What `service` takes as `acted`, from the first day on which something was done about each
    alert key: under a mark, because a key names a patient."""
    marks = {
        md5(key.encode(), usedforsecurity=False).hexdigest(): day.isoformat()
        for key, day in sorted(days.items())
    }
    return json.dumps(marks)


def _sites(
    contact: Waits, uptake: Offers, screening: Screening, teller: Teller
) -> tuple[SiteRow, ...]:
    by_site = {
        "contact_in_time": _safe_shares(contact.by_site(), teller),
        "screening": screening.by_site(),
        "uptake": _safe_shares(uptake.by_site(), teller),
    }
    nobody = Share(0, 0, None, None)
    here = contact.rows[contact.year == 1]
    first, last = contact.years[0]
    rows = []
    for site in sorted({name for told in by_site.values() for name in told}):
        own = here[here["site"] == site]
        shares = {key: told.get(site, nobody) for key, told in by_site.items()}
        # Where so many are hidden, so is what is told of them.
        hidden = shares["contact_in_time"].whole is None
        told = own.iloc[:0] if hidden else own
        median = teller.median(
            "contact_days", told["days"].tolist(), told["contacted"].tolist(), first, last
        )
        rows.append(
            SiteRow(site, shares, replace(median, denominator=None, numerator=None))
            if hidden
            else SiteRow(site, shares, replace(median, numerator=None))
        )
    return tuple(rows)


def _nurses(rows: pd.DataFrame, minimum: int) -> tuple[NurseRow, ...]:
    """The last four quarters."""
    own = rows[rows["year"] == 1]
    if own.empty:
        return ()
    counts = pd.DataFrame(
        {"part": own["in_time"].to_numpy(), "rest": (own["patients"] - own["in_time"]).to_numpy()},
        index=own["nurse"].astype(str),
    )
    table = safe_totals(counts, minimum)
    alerts_are_told = not table.of_rows.isna().any()
    return tuple(
        NurseRow(
            nurse,
            share_of(table.cells.at[nurse, "part"], table.of_rows[nurse]),
            int(alerts) if alerts_are_told else None,
        )
        for nurse, alerts in zip(counts.index, own["alerts"], strict=True)
    )


def _safe_shares(counts: pd.DataFrame, teller: Teller) -> dict[str, Share]:
    """Shares of sites beside the share of all, which is told elsewhere; where that is hidden, all
    of them are."""
    part, rest = int(counts["part"].sum()), int(counts["rest"].sum())
    if teller.share(part, part + rest).value is None:
        return {str(site): Share(None, None, None, None) for site in counts.index}
    table = safe_totals(counts, teller.minimum, columns_stand_elsewhere=True)
    return {
        str(site): share_of(table.cells.at[site, "part"], table.of_rows[site])
        for site in counts.index
    }


def _curves(wait: Wait, people: Sequence[People], years: Years, minimum: int) -> WaitCurves:
    now, before = (curve(*one, TICKS[wait], minimum) for one in people)
    return WaitCurves(wait, now, before, *years)


def _of_nurses(rows: pd.DataFrame) -> list[tuple[int, int]]:
    return [
        (int(own["in_time"].sum()), int(own["patients"].sum()))
        for place in (1, 2)
        for own in [rows[rows["year"].eq(place).fillna(False).astype(bool)]]
    ]
