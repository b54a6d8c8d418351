"""The chat page: questions, answers with their sources beside them, and how each question was understood."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st

from answer.model import Answer, NoAnswer, Query, Understanding
from ui import bridge, state
from ui.actions import answer_actions, conversation_actions
from ui.answers import answer_html, refusal_html
from ui.citations import PARAMETERS, SourceRef, read_parameters, read_query, source_of, source_panel
from ui.labels import meeting_name, region_name, report_name, short_date, short_title
from ui.order import swedish_order
from ui.state import Exchange, plain, visit
from ui.texts import t, texts

if TYPE_CHECKING:
    from answer.assemble import Assistant

OPEN = "open_source"  # (exchange id, number, SourceRef) in the session: the source beside an answer
SHARED = "shared"  # the exchange id of a source that came by a link


def render(assistant: Assistant) -> None:
    _take_link()
    conversation = st.container(key="conversation")
    # in a container of its own, since Streamlit scrolls to the end of a page whose input it has pinned itself
    question = st.container(key="ask").chat_input(t("chat.input"), key="question", max_chars=1000)
    _filters(assistant)
    if question and question.strip():
        _ask(_query(question.strip()))
    with conversation:
        if _open()[0] == SHARED:
            st.info(t("chat.link_title"), icon=":material/link:")
            _panel(assistant, _open()[2], 0)
        elif not visit().exchanges and visit().pending is None:
            _welcome(assistant)
        for exchange in visit().exchanges:
            _exchange(exchange, assistant)
        if visit().pending is not None:
            _answer_pending(assistant)
        elif visit().exchanges:
            conversation_actions(visit().exchanges, _clear)
    exchange_id, number, ref = _open()
    current = f"cg-{exchange_id}-{number}-cg-chip" if ref else ""
    bridge.listen(_chip_clicked, current, visit().jump_to, visit().jumps)


# --- asking ---


def _query(question: str) -> Query:
    chosen = st.session_state
    return Query(
        question,
        history=tuple(e.query.question for e in visit().exchanges),
        region=chosen.get("filter_region"),
        meeting=chosen.get("filter_meeting"),
        town=chosen.get("filter_town"),
        home_town=chosen.get("filter_home_town"),
    )


def _ask(query: Query, replaces: str | None = None) -> None:
    """Let this run answer the query; `replaces` is the exchange whose answer it takes the place of."""
    visit().pending, visit().replaces = query, replaces


def _ask_text(question: str) -> None:
    _ask(_query(question))


def _answer_pending(assistant: Assistant) -> None:
    now = visit()
    query = now.pending
    assert query is not None
    if now.replaces is None:
        with st.chat_message("user", avatar=":material/person:"):
            st.html(f'<p class="cg-question">{escape(query.question)}</p>')
    with (
        st.chat_message("assistant", avatar=":material/menu_book:"),
        state.explained(),
        st.status(t("chat.working"), expanded=False) as status,
    ):
        now.pending = None  # a question that fails is not asked again and again
        result = assistant.answer(query)
        status.update(label=t("chat.done"), state="complete")
        replaced = next((e for e in now.exchanges if e.id == now.replaces), None)
        now.count += 1
        fresh = Exchange(f"s{now.count}", query, result)
        if replaced is not None:
            now.exchanges[now.exchanges.index(replaced)] = fresh
        else:
            now.exchanges.append(fresh)
        _close()
        now.jump_to, now.jumps = f"cg-ask-{fresh.id}", now.jumps + 1
        st.rerun()


def _clear() -> None:
    st.session_state["visit"] = state.Visit()
    _close()


# --- what is shown ---


def _welcome(assistant: Assistant) -> None:
    st.title(t("chat.title"), anchor=False)
    st.write(t("chat.intro"))
    names = [report_name(r) for r in assistant.library.reports]
    listed = ", ".join(short_title(name, 70) for name in names[:6]) + (" …" if len(names) > 6 else "")
    st.caption(t("chat.knows", n=len(names), names=listed))
    st.html(f'<h2 class="cg-examples">{t("chat.examples_title")}</h2>')
    with st.container(key="examples"):
        for number, example in enumerate(examples(assistant)):
            st.button(
                example, key=f"example-{number}", on_click=_ask_text, args=(example,), icon=":material/arrow_forward:"
            )


def examples(assistant: Assistant) -> list[str]:
    """Example questions that these reports can answer."""
    return _examples(assistant.library.generation, assistant)


@st.cache_data(max_entries=2, show_spinner=False)
def _examples(generation: str, _assistant: Assistant) -> list[str]:
    """Kept by `generation`: asking them all takes a second."""
    wanted = int(t("chat.examples_shown"))
    found: list[str] = []
    for question in texts("chat.examples"):
        if len(found) == wanted:
            break
        if isinstance(_assistant.answer(Query(question)), Answer):
            found.append(question)
    meetings = [r.meeting for r in _assistant.library.reports if r.meeting]
    if meetings and len(found) < wanted:
        found.append(t("chat.example_theme", date=short_date(max(m.date for m in meetings))))
    return found


def _exchange(exchange: Exchange, assistant: Assistant) -> None:
    with st.chat_message("user", avatar=":material/person:"):
        st.html(f'<p id="cg-ask-{exchange.id}" class="cg-question">{escape(exchange.query.question)}</p>')
    opened, number, ref = _open()
    if opened == exchange.id and ref is not None:
        left, right = st.columns([11, 10], gap="medium")
        with left:
            _result(exchange, assistant)
        with right:
            _panel(assistant, ref, number)
    else:
        _result(exchange, assistant)


def _result(exchange: Exchange, assistant: Assistant) -> None:
    result = exchange.result
    with st.chat_message("assistant", avatar=":material/menu_book:"):
        if result.notice:
            st.info(result.notice, icon=":material/info:")
        _understood(exchange, assistant)
        if isinstance(result, Answer):
            st.html(answer_html(result, exchange.id, lambda c: "?" + source_of(c, assistant.library).query))
            if result.engine == "llm":
                st.caption(t("answer.engine_llm"))
            if result.dropped:
                with st.expander(t("answer.dropped", n=len(result.dropped))):
                    for item in result.dropped:
                        st.text(t("answer.dropped_item", text=item.text, reason=item.reason))
        else:
            st.html(refusal_html(result, exchange.id, lambda c: "?" + source_of(c, assistant.library).query))
            _suggestions(exchange.id, result)
        answer_actions(exchange, assistant)


def _suggestions(exchange_id: str, result: NoAnswer) -> None:
    if not result.suggestions:
        return
    st.caption(t("answer.suggestions"))
    for number, suggestion in enumerate(result.suggestions):
        st.button(suggestion, key=f"suggest-{exchange_id}-{number}", on_click=_ask_text, args=(suggestion,))


# --- how the question was understood ---


def _understood(exchange: Exchange, assistant: Assistant) -> None:
    read = exchange.result.understanding
    if not (read.topic or read.fact or _constraints(read)):
        return
    words = [
        t("understood.fact")
        if read.fact
        else t("understood.searched", topic=read.topic)
        if read.topic
        else t("understood.all")
    ]
    words += [t("understood.follow_up")] if read.follow_up else []
    words += [t("understood.corrected", typed=a, read=b) for a, b in read.corrections]
    with st.container(horizontal=True, key=f"understood-{exchange.id}", vertical_alignment="center"):
        st.caption(f"{t('understood.label')} {plain('; '.join(words))}", width="content")
        for number, (label, without) in enumerate(_constraints(read)):
            st.button(
                plain(label),
                key=f"without-{exchange.id}-{number}",
                icon=":material/close:",
                icon_position="right",
                help=t("understood.remove"),
                on_click=_ask_again,
                args=(exchange.id, without),
            )
        _change(exchange, read, assistant)


def _constraints(read: Understanding) -> list[tuple[str, Understanding]]:
    """What narrows the answer: its label, and the understanding without it."""

    def less(values: tuple[str, ...], value: str) -> tuple[str, ...]:
        return tuple(v for v in values if v != value)

    found = [(t("understood.region", name=v), replace(read, regions=less(read.regions, v))) for v in read.regions]
    found += [
        (t("understood.meeting", name=short_date(v)), replace(read, meetings=less(read.meetings, v)))
        for v in read.meetings
    ]
    found += [(t("understood.town", name=v), replace(read, towns=less(read.towns, v))) for v in read.towns]
    found += [
        (t("understood.excluded", name=v), replace(read, excluded_towns=less(read.excluded_towns, v)))
        for v in read.excluded_towns
    ]
    found += [
        (t("understood.document", name=short_title(v, 30)), replace(read, documents=less(read.documents, v)))
        for v in read.documents
    ]
    return found


def _change(exchange: Exchange, read: Understanding, assistant: Assistant) -> None:
    key = exchange.id
    with st.popover(
        t("understood.change"), icon=":material/tune:", help=t("understood.change_help"), key=f"change-{key}"
    ):
        topic = st.text_input(t("understood.topic"), read.topic, key=f"topic-{key}", max_chars=200)
        region = _choice(t("filters.region"), regions(assistant), read.regions, f"region-{key}", region_name)
        meeting = _choice(
            t("filters.meeting"),
            list(meetings(assistant)),
            read.meetings,
            f"meeting-{key}",
            meetings(assistant).__getitem__,
        )
        town = _choice(t("filters.town"), towns(assistant), read.towns, f"town-{key}", str)
        if st.button(t("understood.ask_again"), key=f"again-{key}", type="primary"):
            changed = replace(
                read,
                regions=(region,) if region else (),
                meetings=(meeting,) if meeting else (),
                towns=(town,) if town else (),
                unknown=(),
            )
            if topic.strip() != read.topic:
                changed = replace(changed, topic=topic.strip(), text=topic.strip(), fact=None)
            _ask_again(key, changed)
            st.rerun()


def _choice(
    label: str, options: list[str], chosen: tuple[str, ...], key: str, name: Callable[[Any], str]
) -> str | None:
    index = options.index(chosen[0]) if len(chosen) == 1 and chosen[0] in options else None
    return st.selectbox(label, options, index, key=key, format_func=name, placeholder=t("understood.any"))


def _ask_again(exchange_id: str, understanding: Understanding) -> None:
    exchange = next(e for e in visit().exchanges if e.id == exchange_id)
    _ask(replace(exchange.query, understanding=understanding), replaces=exchange_id)


# --- filters ---


def regions(assistant: Assistant) -> list[str]:
    return sorted({c.region for r in assistant.library.reports for c in r.regions})


def meetings(assistant: Assistant) -> dict[str, str]:
    """ISO date -> name, newest first."""
    found = {r.meeting.date: meeting_name(r.meeting) for r in assistant.library.reports if r.meeting}
    return {day: found[day] for day in sorted(found, reverse=True)}


def towns(assistant: Assistant) -> list[str]:
    """Every town that a statement is about, in Swedish order."""
    return sorted({town for r in assistant.library.reports for p in r.passages for town in p.towns}, key=swedish_order)


def _filters(assistant: Assistant) -> None:
    """The sidebar. Each choice is kept for the visit, also while another page is shown."""
    names = meetings(assistant)
    everything = towns(assistant)
    with st.sidebar:
        st.subheader(t("filters.title"), anchor=False)
        _filter("filter_region", t("filters.region"), regions(assistant), region_name, t("filters.all_regions"))
        _filter(
            "filter_meeting",
            t("filters.meeting"),
            list(names),
            lambda day: names.get(day, day),
            t("filters.all_meetings"),
        )
        _filter("filter_town", t("filters.town"), everything, str, t("filters.all_towns"))
        _filter(
            "filter_home_town",
            t("filters.home_town"),
            everything,
            str,
            t("filters.no_home_town"),
            t("filters.home_help"),
        )
        if any(st.session_state.get(f"filter_{name}") for name in ("region", "meeting", "town")):
            st.button(t("filters.reset"), on_click=_reset_filters, key="filter-reset", icon=":material/filter_alt_off:")
        st.caption(t("filters.hint"))


def _filter(
    key: str, label: str, options: list[str], name: Callable[[Any], str], placeholder: str, explained: str | None = None
) -> None:
    kept = st.session_state.get(key)  # Streamlit forgets a widget that a page does not show; the plain key stays
    if f"{key}_box" not in st.session_state:
        st.session_state[f"{key}_box"] = kept if kept in options else None
    st.session_state[key] = st.selectbox(
        label,
        options,
        key=f"{key}_box",
        format_func=name,
        placeholder=placeholder,
        help=explained,
    )


def _reset_filters() -> None:
    for name in ("region", "meeting", "town"):
        st.session_state[f"filter_{name}"] = st.session_state[f"filter_{name}_box"] = None


# --- the open source ---


def _open() -> tuple[str, int, SourceRef | None]:
    found: tuple[str, int, SourceRef | None] = st.session_state.get(OPEN, ("", 0, None))
    return found


def _take_link() -> None:
    """A shared link opens its source, once."""
    ref = read_parameters(st.query_params.to_dict())
    if ref is not None and _open()[2] is None and ref != st.session_state.get("link_taken"):
        st.session_state[OPEN] = (SHARED, 0, ref)
    st.session_state["link_taken"] = ref


def _chip_clicked(click: bridge.Click) -> None:
    ref = read_query(click.query)
    if ref is not None:
        _show(click.exchange, click.number, ref)
        visit().jump_to, visit().jumps = "cg-source", visit().jumps + 1


def _show(exchange_id: str, number: int, ref: SourceRef) -> None:
    st.session_state[OPEN] = (exchange_id, number, ref)
    st.session_state["link_taken"] = ref
    st.query_params.from_dict(ref.parameters)


def _turn(page: int) -> None:
    exchange_id, number, ref = _open()
    if ref is not None:
        _show(exchange_id, number, replace(ref, page=page))


def _close() -> None:
    exchange_id, number, _ = _open()
    st.session_state.pop(OPEN, None)
    for name in PARAMETERS:
        st.query_params.pop(name, None)
    st.session_state["link_taken"] = None
    if exchange_id and exchange_id != SHARED:
        visit().jump_to, visit().jumps = f"cg-{exchange_id}-{number}-cg-chip", visit().jumps + 1


def _panel(assistant: Assistant, ref: SourceRef | None, number: int) -> None:
    def close() -> None:
        _close()
        st.rerun()

    if ref is not None:
        with state.explained():
            source_panel(ref, assistant.library, _turn, close, number)
