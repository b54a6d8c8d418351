"""The expected mentions of the open question: found or missed, and adding, moving and removing them."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from eval.cases import Case, Mention
from eval.evaluators import mention_label
from eval.places import Places
from eval.runner import Assistant, CaseResult, MentionResult
from ui.answers import excerpt
from ui.labels import page_label, region_name, short_date
from ui.question_picker import escaped, pick_mention
from ui.question_state import Bank, broken_rule, save, say, with_mention, without_mention
from ui.question_texts import q


def render_mentions(assistant: Assistant, bank: Bank, case: Case, judged: CaseResult, places: Places) -> None:
    if not case.expected:
        st.caption(q("case.none_expected"))
    missed_first = sorted(judged.mentions, key=lambda m: m.found) if judged.mentions else []
    listed = missed_first or [MentionResult(mention, False) for mention in case.expected]
    for number, result in enumerate(listed):
        _mention(bank, case, result, places, f"qb-expected-{number}", "expected")
    if case.accepted:
        st.markdown(f"**{q('case.accepted')}**", help=q("case.accepted_help"))
        for number, mention in enumerate(case.accepted):
            _mention(bank, case, MentionResult(mention, False), places, f"qb-accepted-{number}", "accepted")
    with st.expander(q("case.add"), icon=":material/add:", expanded=bool(st.session_state.get("qb-case-pick-search"))):
        pick_mention(
            assistant, "qb-case-pick", lambda mention, where: add_mention(bank, case, mention, where), case.question
        )


def add_mention(bank: Bank, case: Case, mention: Mention, where: str) -> None:
    """Add a mention to the open case, or say why not."""
    if mention in getattr(case, where):
        say(q("pick.twice"), "info")
        return
    changed = with_mention(case, mention, where)
    if not changed.answerable and changed.expected:
        changed = replace(changed, answerable=True, kind="fact" if changed.kind == "refusal" else changed.kind)
    _save(bank, changed, q(f"events.{where}", name=mention_label(mention)))


def place_text(mention: Mention, places: Places) -> str:
    """ "Region Väst · 9 feb 2021 · s. 26 · Falköping"; the report's name where it is of no meeting."""
    report = places.report(mention.document)
    parts = [
        region_name(mention.region) if mention.region else None,
        short_date(report.meeting.date) if report and report.meeting else mention.document,
        page_label((mention.page, mention.page)),
        mention.town,
    ]
    return " · ".join(part for part in parts if part)


def _mention(bank: Bank, case: Case, result: MentionResult, places: Places, key: str, where: str) -> None:
    mention = result.mention
    with st.container(border=True, key=key, gap="small"):
        state = ""
        if where == "expected":
            state = f":green[**✓ {q('case.found')}**] · " if result.found else f":red[**✗ {q('case.missed')}**] · "
        keys = " ".join(f"`{k.replace('`', '')}`" for k in mention.keys)
        lines = [f"{state}{escaped(place_text(mention, places))}", keys]
        if where == "expected" and (how := _how(result)):
            lines[1] += f" · {how}"
        st.markdown("  \n".join(lines))
        passage = next(iter(places.passages_of(mention)), None)
        notes = [excerpt(passage.text, 220)] if passage is not None else []
        if mention.also:
            notes.append(q("case.also", places="; ".join(place_text(other, places) for other in mention.also)))
        if notes:
            st.caption("  \n".join(map(escaped, notes)))
        with st.container(horizontal=True, key=f"{key}-buttons"):
            other = "accepted" if where == "expected" else "expected"
            st.button(
                q(f"case.to_{other}"),
                key=f"{key}-move",
                type="tertiary",
                icon=":material/swap_vert:",
                on_click=_move,
                args=(bank, case, mention, other),
            )
            st.button(
                q("case.remove"),
                key=f"{key}-remove",
                type="tertiary",
                icon=":material/delete:",
                on_click=_remove,
                args=(bank, case, mention),
            )


def _how(result: MentionResult) -> str:
    if result.found:
        return q("case.by", numbers=", ".join(f"\\[{number}\\]" for number in result.citations))
    if not result.lost:
        return ""
    if result.rank:
        return q("case.lost_rank", stage=result.lost, rank=result.rank)
    return q("case.lost", stage=result.lost)


def _move(bank: Bank, case: Case, mention: Mention, where: str) -> None:
    moved = without_mention(case, mention)
    if where == "accepted":  # each place by itself: what is only accepted needs no "either here or there"
        places = tuple(replace(place, also=()) for place in mention.places)
        moved = replace(moved, accepted=(*moved.accepted, *(p for p in places if p not in moved.accepted)))
    else:
        moved = with_mention(moved, mention, where)
    _save(bank, moved, q("events.moved", name=mention_label(mention)))


def _remove(bank: Bank, case: Case, mention: Mention) -> None:
    _save(bank, without_mention(case, mention), q("events.removed", name=mention_label(mention)))


def _save(bank: Bank, changed: Case, what: str) -> None:
    wrong = broken_rule(changed)
    if wrong:
        say(wrong, "error")
    else:
        save(bank, changed, what)
