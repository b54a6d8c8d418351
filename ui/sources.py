"""The page Källor: the reports in time, one report by region and question, a town or a question across reports, a map.

The page's state is its address (`vy`, `rapport`, `region`, `ort`, `fraga`, and the open source), so every view can be
shared as a link.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from ingest.model import Report
from ui import bridge, sources_html
from ui.browse import Mention, question_pages, region_passages, town_counts, town_page
from ui.citations import PARAMETERS, SourceRef, read_parameters, read_query, source_panel
from ui.labels import region_name, report_name, short_date, short_title, timestamp
from ui.order import swedish_order
from ui.state import plain, visit
from ui.texts import t

if TYPE_CHECKING:
    from answer.assemble import Assistant
    from index.library import Library

VIEWS = {
    "rapporter": "sources.view_reports",
    "ort": "sources.view_town",
    "fraga": "sources.view_question",
    "karta": "sources.view_overview",
}
STATE = ("vy", "rapport", "region", "ort", "fraga")


def render(assistant: Assistant) -> None:
    library = assistant.library
    ref = read_parameters(st.query_params.to_dict())
    with st.container(key="page"):
        if ref is None:
            _browse(library)
        else:
            left, right = st.columns([11, 10], gap="medium")
            with left:
                _browse(library)
            with right:
                source_panel(ref, library, lambda page: _turn(ref, page), _close)
    bridge.listen(_clicked, scroll=visit().jump_to, nonce=visit().jumps, source=ref.query if ref else "")


def _browse(library: Library) -> None:
    st.title(t("sources.title"), anchor=False)
    count = sum(len(r.passages) for r in library.reports)
    when = timestamp(max((library.manifest.read_at(r.document) for r in library.reports), default=""))
    st.caption(t("sources.intro", n=len(library.reports), passages=count, when=when))
    view = _view()
    if view == "rapport":
        _report(library)
    elif view == "ort":
        _town(library)
    elif view == "fraga":
        _question(library)
    elif view == "karta":
        _map(library)
    else:
        st.html(sources_html.timeline(library.reports, library.manifest))


def _view() -> str:
    """The chosen view; the choice is kept in the address."""
    now = st.query_params.get("vy", "rapporter")
    chosen = now if now in VIEWS else "rapporter"
    if st.session_state.get("sources-view") != chosen:
        st.session_state["sources-view"] = chosen
    st.segmented_control(
        t("sources.view"),
        list(VIEWS),
        format_func=lambda name: t(VIEWS[name]),
        key="sources-view",
        label_visibility="collapsed",
        on_change=_view_chosen,
        required=True,
    )
    return now if now == "rapport" else chosen


def _view_chosen() -> None:
    _go(vy=st.session_state.get("sources-view") or "rapporter")


def _report(library: Library) -> None:
    document = st.query_params.get("rapport", "")
    report = next((r for r in library.reports if r.document == document), None)
    st.html(sources_html.link("← " + t("sources.back"), "cg-action", vy="rapporter"))
    if report is None:
        st.warning(plain(t("source.gone", document=document)), icon=":material/link_off:")
        return
    st.header(plain(report.title), anchor=False)
    st.html(sources_html.report_details(report, library.manifest))
    regions: list[str] = list(dict.fromkeys(c.region for c in report.regions if not c.cancelled))
    general = t("sources.general")
    if any(p.region is None for p in report.passages) and regions:
        regions.append(general)
    chosen: str | None = None
    if regions:
        st.subheader(t("sources.read_region"), anchor=False)
        picked = _picked(
            "region", regions, regions[0], lambda name: plain(name if name == general else region_name(name)), True
        )
        chosen = None if picked == general else picked
    groups = [
        (heading or (t("sources.no_question") if chosen else ""), [Mention(report, p) for p in found])
        for heading, found in region_passages(report, chosen).items()
    ]
    st.html(sources_html.passages(groups))


def _town(library: Library) -> None:
    counts = town_counts(library.reports)
    names = sorted(counts, key=swedish_order)
    asked = st.query_params.get("ort")
    if asked and asked not in counts:
        names = [asked, *names]  # a town that hosted or took part, but that no passage is about
    town = _picked("ort", names, None, str, False, t("sources.town_choose"))
    if town is None:
        st.html(sources_html.town_bars(counts))
        return
    page = town_page(town, library.reports)
    st.header(plain(t("sources.town_title", town=town)), anchor=False)
    st.html(sources_html.town_head(page) or "<span></span>")
    if page.mentions:
        st.html(sources_html.passages(sources_html.group_by_chapter(page.mentions)))
    else:
        st.info(plain(t("sources.town_none", town=town)))


def _question(library: Library) -> None:
    pages = {f"{r.document}#{q.wording}": q for r in _with_questions(library) for q in question_pages(r)}
    if not pages:
        st.info(t("sources.question_none"))
        return
    if (asked := st.query_params.get("fraga")) and asked not in pages:
        st.info(t("sources.question_gone"), icon=":material/link_off:")

    def name(key: str) -> str:
        page = pages[key]
        meeting = page.report.meeting
        return f"{short_date(meeting.date) if meeting else short_title(page.report.title, 30)} · {page.wording}"

    chosen = _picked("fraga", list(pages), next(iter(pages)), name, False, t("sources.question_choose"))
    if chosen is None:
        return
    page = pages[chosen]
    st.header(plain(page.wording), anchor=False)
    st.caption(plain(report_name(page.report)))
    mentions = [Mention(page.report, p) for p in page.passages]
    st.html(sources_html.passages(sources_html.group_by_chapter(mentions)))


def _with_questions(library: Library) -> list[Report]:
    reports = [r for r in library.reports if any(p.question for p in r.passages)]
    return sorted(reports, key=lambda r: r.meeting.date if r.meeting else "", reverse=True)


def _map(library: Library) -> None:
    counts = town_counts(library.reports)
    st.header(t("sources.map_title"), anchor=False)
    st.write(t("sources.map_intro"))
    left, right = st.columns([5, 6])
    left.html(sources_html.town_map(counts))
    right.html(sources_html.town_bars(counts))


# --- the page's state ---


def _picked(
    name: str, options: list[str], default: str | None, label: Callable[[str], str], pills: bool, placeholder: str = ""
) -> str | None:
    """A choice that is kept in the address."""
    asked = st.query_params.get(name)
    value = asked if asked in options else default
    key = f"sources-{name}"
    if st.session_state.get(key) != value:
        st.session_state[key] = value

    def chosen() -> None:
        _go(**{**_now(), name: st.session_state[key]})

    title = {"region": "sources.regions_title", "ort": "sources.town", "fraga": "sources.question"}[name]
    if pills:
        st.pills(
            t(title), options, key=key, format_func=label, on_change=chosen, label_visibility="collapsed", required=True
        )
    else:
        st.selectbox(
            t(title), options, key=key, format_func=label, on_change=chosen, index=None, placeholder=placeholder
        )
    return value


def _now() -> dict[str, str | None]:
    return {name: st.query_params.get(name) for name in STATE}


def _go(**state: str | None) -> None:
    """Another view: the open source is closed."""
    st.query_params.from_dict({name: value for name, value in state.items() if value})


def _clicked(click: bridge.Click) -> None:
    ref = read_query(click.query)
    if ref is not None:
        _open(ref)
        visit().jump_to = "cg-source"
    else:
        from urllib.parse import parse_qs

        asked = {name: values[0] for name, values in parse_qs(click.query).items() if name in STATE}
        _go(**asked)
        visit().jump_to = "cg-top"
    visit().jumps += 1


def _open(ref: SourceRef) -> None:
    kept = {name: value for name, value in _now().items() if value}
    st.query_params.from_dict({**kept, **ref.parameters})


def _turn(ref: SourceRef, page: int) -> None:
    _open(SourceRef(ref.document, page, ref.passage, ref.fact))


def _close() -> None:
    for name in PARAMETERS:
        st.query_params.pop(name, None)
    st.rerun()
