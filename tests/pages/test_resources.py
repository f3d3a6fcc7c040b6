"""What the directory offers for a gap, the referral that is written down, and its editing."""

import csv
from datetime import date

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.store import OPERATOR, Scope, Store
from dashboard.store.workflow import WorkflowLog
from dashboard.ui.directory import as_csv
from dashboard.ui.plain import as_text
from tests.pages.conftest import SECONDS, Visitor

NURSE = Scope("nurse-1", "nurse")


def page() -> None:
    """Draws the list alone, as the pages place it."""
    import streamlit

    from dashboard.ui.resources import what_can_help
    from dashboard.ui.session import current

    session = current()
    assert session is not None
    assert session.newest_on is not None
    rows = session.ask("resources_for_gaps", as_of=session.newest_on)
    what_can_help(session, rows, streamlit.session_state["ref"], streamlit.session_state["type"])


@pytest.fixture
def fitting(own_sample_store: Store) -> pd.DataFrame:
    """One gap of the nurse's panel with counselling among what fits, and what fits."""
    rows = own_sample_store.query("resources_for_gaps", NURSE, as_of=date(2026, 6, 30))
    counselling = rows[
        (rows["resource_key"] == "counselling")
        & rows["offered_on"].isna()
        & (rows["support_type"] == "informational")
    ]
    return rows[rows["alert_key"] == counselling["alert_key"].iloc[0]]


def drawn(
    store: Store, fitting: pd.DataFrame, monkeypatch: pytest.MonkeyPatch, lang: str = "en"
) -> AppTest:
    monkeypatch.setenv("ATTUNED_STORE", str(store.directory))
    app = AppTest.from_function(page, default_timeout=SECONDS)
    app.session_state["view_as"] = NURSE.person_id
    app.session_state["ref"] = fitting["patient_ref"].iloc[0]
    app.session_state["type"] = fitting["support_type"].iloc[0]
    app.query_params["lang"] = lang
    return app.run()


def captions(app: AppTest) -> str:
    return "\n".join(caption.value for caption in app.caption)


@pytest.mark.parametrize("lang", ["en", "el"])
def test_every_resource_that_fits_stands_there(
    own_sample_store: Store, fitting: pd.DataFrame, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    app = drawn(own_sample_store, fitting, monkeypatch, lang)
    assert not app.exception
    shown = "\n".join(text.value for text in app.markdown)
    assert all(f"**{name}**" in shown for name in fitting["name"])
    assert len(app.button) == len(fitting)


def test_what_is_known_of_it_here_is_said(
    own_sample_store: Store, fitting: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = captions(drawn(own_sample_store, fitting, monkeypatch))
    row = fitting.set_index("resource_key").loc["counselling"]
    assert as_text("first talk within 2 weeks · talk@attuned.example") in told
    assert f"taken up in {row['taken_up_here']} gaps here" in told
    assert (
        f"half of the {row['met_here']} gaps that were met with it here took "
        f"{row['median_days_here']:g} days or less"
    ).replace(".", "\\.") in told
    assert "too few to say" in told or len(fitting) == 1


def test_refer_writes_one_act_down_and_the_list_says_so(
    own_sample_store: Store, fitting: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = drawn(own_sample_store, fitting, monkeypatch)
    assert "offered" not in captions(app)
    key = f"refer_{fitting['alert_key'].iloc[0]}_counselling"
    app.button(key=key).click().run()
    assert not app.exception
    log = WorkflowLog(own_sample_store.directory)
    [entry] = log.entries(acts=["referral_offered"]).to_dict("records")
    assert entry["person_id"] == "nurse-1"
    assert entry["act"] == "referral_offered"
    assert entry["alert_key"] == fitting["alert_key"].iloc[0]
    assert entry["patient_ref"] == fitting["patient_ref"].iloc[0]
    assert entry["detail"] == {"resource": "counselling"}
    assert [toast.value for toast in app.toast] == [
        "Written down: Individual counselling was offered."
    ]
    assert "offered " in captions(app)
    log.append(
        "nurse-1", "undone", alert_key=entry["alert_key"], detail={"entry": str(entry["entry_no"])}
    )
    assert "offered" not in captions(app.run())


def test_a_gap_that_nothing_fits_says_what_to_do(
    own_sample_store: Store, fitting: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = drawn(own_sample_store, fitting.assign(patient_ref="0" * 16), monkeypatch)
    assert not app.button
    assert "Nothing in the directory fits this gap." in captions(app)


def test_the_directory_is_on_the_data_page(sample_store: Store, visitor: Visitor) -> None:
    app = visitor(sample_store, view_as="steward-1")
    assert not app.exception
    assert "Directory" in [title.value for title in app.subheader]


def test_an_empty_store_has_an_empty_directory(empty_store: Store, visitor: Visitor) -> None:
    app = visitor(empty_store, person="anna")
    assert not app.exception
    assert "Directory" in [title.value for title in app.subheader]


def test_the_table_is_written_as_the_file_that_it_came_from(sample_store: Store) -> None:
    """All that is stored comes through the editor's table unchanged."""
    listed = sample_store.query("resources", OPERATOR)
    text = as_csv(listed.assign(withdrawn=listed["resource_key"] == "counselling"))
    with open("sample_data/resources.csv", encoding="utf-8", newline="") as file:
        shipped = list(csv.DictReader(file))
    for row in shipped:
        row["withdrawn"] = "yes" if row["resource_key"] == "counselling" else ""
    written = list(csv.DictReader(text.splitlines()))
    assert sorted(written, key=lambda row: row["resource_key"]) == sorted(
        shipped, key=lambda row: row["resource_key"]
    )


def saved(store: Store, edited: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The page after `edited` was saved: the editor itself is driven by a browser only."""
    st.cache_data.clear()

    def data_page() -> None:
        import streamlit

        from dashboard.ui.directory import save
        from dashboard.ui.session import current
        from dashboard.ui.upload import last_report

        session = current()
        assert session is not None
        last_report(session)
        if streamlit.button("save", key="save"):
            save(session, streamlit.session_state["edited"])

    monkeypatch.setenv("ATTUNED_STORE", str(store.directory))
    app = AppTest.from_function(data_page, default_timeout=SECONDS)
    app.session_state["view_as"] = "steward-1"
    app.session_state["edited"] = edited
    app.run()
    return app.button(key="save").click().run()


def test_a_saved_directory_replaces_what_was_stored(
    own_sample_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    edited = own_sample_store.query("resources", OPERATOR).astype("object")
    place = edited.index[edited["resource_key"] == "young-adults"][0]
    edited["languages"] = [
        [] if key == "young-adults" else list(languages)
        for key, languages in zip(edited["resource_key"], edited["languages"], strict=True)
    ]
    edited.at[place, "max_age"] = 45.0
    row = dict.fromkeys(edited, None) | {
        "resource_key": "line",
        "name": "Night line, “always open”",
        "support_types": ["emotional", "esteem"],
    }
    blank = dict.fromkeys(edited, None)
    edited = pd.concat([edited, pd.DataFrame([row, blank])], ignore_index=True)
    app = saved(own_sample_store, edited, monkeypatch)
    assert not app.exception
    assert any("2 of 12 rows are stored" in caption.value for caption in app.caption)
    stored = own_sample_store.query("resources", OPERATOR).set_index("resource_key")
    assert len(stored) == 12
    assert [len(languages) for languages in stored.loc[["young-adults"], "languages"]] == [0]
    assert stored.loc["young-adults", "max_age"] == 45
    assert stored.loc["line", "name"] == "Night line, “always open”"
    assert [list(types) for types in stored.loc[["line"], "support_types"]] == [
        ["emotional", "esteem"]
    ]


def test_a_changed_key_is_no_other_resource(
    own_sample_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    edited = own_sample_store.query("resources", OPERATOR).astype("object")
    edited.at[0, "resource_key"] = "another-key"
    app = saved(own_sample_store, edited, monkeypatch)
    assert not app.exception
    assert "the key coping" in app.warning[0].value
    assert own_sample_store.newest().number == 1


def test_what_is_no_longer_offered_stays_in_the_directory(
    own_sample_store: Store, fitting: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    edited = own_sample_store.query("resources", OPERATOR).astype("object")
    edited["withdrawn"] = edited["resource_key"] == "counselling"
    app = saved(own_sample_store, edited, monkeypatch)
    assert not app.exception
    stored = own_sample_store.query("resources", OPERATOR).set_index("resource_key")
    assert stored.index[stored["withdrawn"]].tolist() == ["counselling"]
    day = date(2026, 6, 30)
    offered = own_sample_store.query("resources_for_gaps", NURSE, as_of=day)
    assert "counselling" in set(fitting["resource_key"])
    assert "counselling" not in set(offered["resource_key"])


def test_a_row_that_does_not_hold_is_refused_with_its_reason(
    own_sample_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    edited = own_sample_store.query("resources", OPERATOR).astype("object")
    edited.at[0, "program_key"] = "no-such-program"
    app = saved(own_sample_store, edited, monkeypatch)
    assert not app.exception
    assert any("Nothing was stored" in caption.value for caption in app.caption)
    reasons = [
        reason
        for table in app.dataframe
        if "Reason" in table.value
        for reason in table.value["Reason"]
    ]
    assert reasons == ["this program is not registered"]
    assert own_sample_store.newest().number == 1
