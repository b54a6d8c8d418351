"""An answer or a refusal as HTML: lead, sections, claims with citation chips. Every text from outside is escaped.

Chips are ordinary links that open the same source in any browser window; on the chat page ui/bridge.py catches the
click and opens the source beside the answer instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from html import escape
from itertools import groupby

from answer.messages import message
from answer.model import Answer, Citation, Claim, NoAnswer, Side
from ui.labels import citation_label, place_label, region_name
from ui.texts import t

Href = Callable[[Citation], str]
"""The link that opens a citation's source, for example "?dokument=a.pdf&sida=3&stycke=1f"."""

_MARKER = re.compile(r"\[(\d+)\]")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_HEADING = re.compile(r"\*\*([^*]+)\*\*")

SIDE = 5  # statements of one side of a comparison before the fold


def answer_html(answer: Answer, exchange: str, href: Href) -> str:
    """The whole answer. `exchange` tells the chips of one answer from those of another."""
    chips = _Chips({c.number: c for c in answer.citations}, exchange, href)
    if answer.engine == "llm":
        parts = _prose(answer, chips)
    elif answer.sides:
        parts = [f'<p class="cg-lead">{chips.inline(answer.lead)}</p>', *_compared(answer, chips)]
    else:
        parts = _statements(answer, chips)
    return f'<div class="cg-answer">{"".join(parts)}</div>'


def refusal_html(refusal: NoAnswer, exchange: str, href: Href) -> str:
    """Why there is no answer, and what lies near, each with its chip."""
    chips = _Chips({c.number: c for c in refusal.nearby}, exchange, href)
    paragraphs = [p for p in refusal.text.split("\n\n") if p.strip()]
    if refusal.nearby:
        paragraphs = paragraphs[:1]  # what lies near follows below, with chips
    text = "".join(f"<p>{chips.inline(p)}</p>" for p in paragraphs)
    nearby = ""
    if refusal.nearby:
        nearby = f"<section><h3>{escape(t('answer.nearby'))}</h3>{chips.listed()}</section>"
    return f'<div class="cg-answer cg-refusal">{text}{nearby}</div>'


def says_first(answer: Answer) -> bool:
    """Whether the lead is the first statement itself, not a sentence about all of them."""
    return bool(answer.claims) and answer.lead.startswith(answer.claims[0].text)


def side_name(side: Side) -> str:
    """A side of a comparison as a heading: "Region Norr", "9 februari 2021", "Halmstad"."""
    return region_name(side.label) if side.kind == "region" else side.label


def excerpt(text: str, length: int = 180) -> str:
    """The beginning of a text, cut at a word, with an ellipsis where something was cut."""
    return text if len(text) <= length else text[:length].rsplit(" ", 1)[0].rstrip(" ,;:–-") + " …"


def _statements(answer: Answer, chips: _Chips) -> list[str]:
    """The lead, then the statements under their headings; what is folded waits behind its count."""
    parts = [f'<p class="cg-lead">{chips.inline(answer.lead)}</p>']
    rest = answer.claims
    if says_first(answer):  # say it once
        parts = [f'<p class="cg-lead">{chips.inline(_MARKER.sub("", answer.lead))}</p>{chips.row(rest[0].citations)}']
        rest = rest[1:]
    waiting: list[tuple[str | None, list[Claim]]] = []  # sections of which nothing is shown at first
    for section, claims in _sections(rest):
        shown = [c for c in claims if not c.folded]
        folded = [c for c in claims if c.folded]
        if not shown:
            waiting.append((section, folded))
            continue
        body = _claim_list(shown, chips)
        if folded:
            body += _fold(t("answer.more", n=len(folded)), _claim_list(folded, chips))
        parts.append(_titled(section, body))
    if waiting:
        names = [section for section, _ in waiting if section]
        count = sum(len(claims) for _, claims in waiting)
        label = t("answer.more_in", n=count, sections="; ".join(names)) if names else t("answer.more", n=count)
        parts.append(_fold(label, "".join(_titled(s, _claim_list(c, chips)) for s, c in waiting)))
    return parts


def _compared(answer: Answer, chips: _Chips) -> list[str]:
    """A comparison side by side, the silent sides too; below it what speaks of none of the sides."""
    by_number = {claim.citations[0]: claim for claim in answer.claims if claim.citations}
    rows = []
    for side in answer.sides:
        claims = [by_number[number] for number in side.citations if number in by_number]
        said = _claim_list(claims[:SIDE], chips)
        if len(claims) > SIDE:
            said += _fold(t("answer.more", n=len(claims) - SIDE), _claim_list(claims[SIDE:], chips))
        silent = f'<p class="cg-soft">{escape(message("silent"))}</p>'
        rows.append(f"<section><h3>{escape(side_name(side))}</h3>{said or silent}</section>")
    few = " cg-few" if len(rows) < 4 else ""
    parts = [f'<div class="cg-sides{few}">{"".join(rows)}</div>']
    told = {number for side in answer.sides for number in side.citations}
    beside = [claim for claim in answer.claims if not told & set(claim.citations)]
    if beside:
        body = "".join(_titled(section, _claim_list(claims, chips)) for section, claims in _sections(beside))
        parts.append(_fold(t("answer.beside", n=len(beside)), body))
    return parts


def _prose(answer: Answer, chips: _Chips) -> list[str]:
    """A language model's text with its citations under each paragraph, our count, and what it left out on demand."""
    paragraphs = [p for p in answer.text.split("\n\n") if p.strip()]
    if answer.unused:
        paragraphs.pop()  # names what was left out; it is offered below
    coverage = paragraphs.pop() if len(answer.citations) > 1 else ""
    parts = []
    for number, paragraph in enumerate(paragraphs):
        lines = paragraph.split("\n")
        if heading := _HEADING.fullmatch(lines[0]):
            parts.append(f"<h3>{escape(heading[1])}</h3>")
            lines = lines[1:]
        said = [line for line in lines if not line.startswith("- ")]
        items = [line[2:] for line in lines if line.startswith("- ")]
        if said:
            lead = ' class="cg-lead"' if number == 0 else ""
            parts.append(f"<p{lead}>{chips.inline(' '.join(said))}</p>{chips.row(_numbers(' '.join(said)))}")
        if items:
            rows = "".join(
                f'<li><p class="cg-claim">{chips.inline(item)}</p>{chips.row(_numbers(item))}</li>' for item in items
            )
            parts.append(f'<ul class="cg-claims">{rows}</ul>')
    if coverage:
        parts.append(f'<p class="cg-soft">{escape(coverage)}</p>')
    left_out = [claim for claim in answer.claims if claim.folded]
    if left_out:
        by_place = [(_place(answer, claim), claim) for claim in left_out]
        body = "".join(
            _titled(place, _claim_list([claim for _, claim in group], chips))
            for place, group in groupby(by_place, key=lambda pair: pair[0])
        )
        parts.append(_fold(t("answer.unused", n=len(left_out)), body))
    return parts


def _place(answer: Answer, claim: Claim) -> str:
    """Where a claim stands: "Region Väst · 9 feb 2021"."""
    citation = answer.citation(claim.citations[0])
    return place_label(citation.title, citation.meeting, citation.region, None)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(dict.fromkeys(int(number) for number in _MARKER.findall(text)))


class _Chips:
    """The links of one answer."""

    def __init__(self, citations: dict[int, Citation], exchange: str, href: Href) -> None:
        self._citations, self._exchange, self._href = citations, exchange, href
        self._named: set[str] = set()  # ids that are given; a source may be linked to more than once

    def inline(self, text: str) -> str:
        """Escaped text in which [n] is a link and **words** are bold."""
        bold = _BOLD.sub(r"<strong>\1</strong>", escape(text))
        return _MARKER.sub(lambda m: self._link(int(m[1]), "cg-ref", f"[{m[1]}]") or m[0], bold)

    def listed(self) -> str:
        """Every citation's words with its chip."""
        items = [
            f'<li><p class="cg-claim">{escape(excerpt(c.quote))}</p>{self.row((n,))}</li>'
            for n, c in self._citations.items()
        ]
        return f'<ul class="cg-claims">{"".join(items)}</ul>'

    def row(self, numbers: Iterable[int]) -> str:
        links = []
        for number in numbers:
            if citation := self._citations.get(number):
                body = f'<span class="cg-number">{number}</span>{escape(citation_label(citation))}'
                links.append(self._link(number, "cg-chip", body))
        return f'<p class="cg-chips">{" ".join(links)}</p>' if links else ""

    def _link(self, number: int, css: str, body: str) -> str:
        citation = self._citations.get(number)
        if citation is None:
            return ""
        name = t("citation.open", number=number, label=citation_label(citation))
        id_ = f"cg-{escape(self._exchange)}-{number}-{css}"
        named = "" if id_ in self._named else f'id="{id_}" '
        self._named.add(id_)
        return (
            f'<a class="{css}" href="{escape(self._href(citation))}" data-cg-open="{escape(self._exchange)}" '
            f'data-cg-number="{number}" {named}'
            f'aria-label="{escape(name)}" title="{escape(excerpt(citation.quote, 240))}">{body}</a>'
        )


def _sections(claims: Sequence[Claim]) -> list[tuple[str | None, list[Claim]]]:
    return [(section, list(group)) for section, group in groupby(claims, key=lambda claim: claim.section)]


def _fold(label: str, body: str) -> str:
    return f"<details><summary>{escape(label)}</summary>{body}</details>"


def _titled(section: str | None, body: str) -> str:
    heading = f"<h3>{escape(section)}</h3>" if section else ""
    return f"<section>{heading}{body}</section>"


def _claim_list(claims: Sequence[Claim], chips: _Chips) -> str:
    if not claims:
        return ""
    return f'<ul class="cg-claims">{"".join(_claim(claim, chips) for claim in claims)}</ul>'


def _claim(claim: Claim, chips: _Chips) -> str:
    said = _MARKER.sub("", claim.text).rstrip()  # the row of chips says where it stands
    town = ""
    if claim.town and not _names(claim.town, f"{claim.text} {claim.section or ''}"):
        town = f'<strong class="cg-town">{escape(claim.town)}:</strong> '
    weak = f' <span class="cg-weak">{escape(t("answer.weak"))}</span>' if claim.weak else ""
    return f'<li><p class="cg-claim">{town}{chips.inline(said)}{weak}</p>{chips.row(claim.citations)}</li>'


def _names(towns: str, text: str) -> bool:
    """Whether the text names one of the towns already ("Hudiksvall, Ludvika")."""
    low = text.lower()
    return any(town.strip().lower() in low for town in towns.split(","))
