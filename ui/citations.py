"""The source behind a citation: which page or passage, its link, and the panel that shows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from answer.model import Citation
from ingest.model import Fact, Passage, Report, Span
from ui import pages
from ui.labels import long_date, meeting_name, page_label, region_name
from ui.pages import Words, words_at
from ui.state import plain
from ui.texts import t

if TYPE_CHECKING:
    from index.library import Library

PARAMETERS = ("dokument", "sida", "stycke", "uppgift")
CONTEXT = 1500  # characters of a text document on either side of the cited words


@dataclass(frozen=True)
class SourceRef:
    """A place in a report that can be linked to: the page that is shown and what is marked on it.

    `passage` and `fact` are the ids of what is marked; at most one of them is set.
    """

    document: str
    page: int | None = None
    passage: str | None = None
    fact: str | None = None

    @property
    def query(self) -> str:
        """As the query string of a link, without the question mark."""
        return urlencode(self.parameters)

    @property
    def parameters(self) -> dict[str, str]:
        values = (self.document, self.page, self.passage, self.fact)
        return {name: str(value) for name, value in zip(PARAMETERS, values, strict=True) if value is not None}


def source_of(citation: Citation) -> SourceRef:
    """Where a citation points."""
    return SourceRef(citation.document, citation.page, citation.passage_id, citation.fact_id)


def read_parameters(values: Mapping[str, str]) -> SourceRef | None:
    """The source that a link names, or None. A page that is no number is passed over."""
    document = values.get("dokument", "").strip()
    if not document:
        return None
    page = int(v) if (v := values.get("sida", "")).isdecimal() and len(v) < 7 else None
    return SourceRef(document, page, values.get("stycke") or None, values.get("uppgift") or None)


def read_query(query: str) -> SourceRef | None:
    """The source of a link's query string."""
    return read_parameters(dict(parse_qsl(query)))


@dataclass(frozen=True)
class Shown:
    """A source looked up in the index: the report, what is marked, and where."""

    ref: SourceRef
    report: Report
    marked: Passage | Fact | None
    spans: tuple[Span, ...]

    @property
    def quote(self) -> str | None:
        return self.marked.quote if self.marked else None

    def words(self, page: int | None) -> tuple[Words, ...]:
        """The marked words that stand on a page, as extracted."""
        text = self.report.page_text(page)
        return tuple(words_at(text, s.start, s.end) for s in self.spans if s.page == page)


def look_up(ref: SourceRef, library: Library) -> Shown | None:
    """The source, or None where the reports no longer hold it. What is gone from the report leaves the page unmarked."""
    try:
        report = library.report(ref.document)
    except KeyError:
        return None
    passage = next((p for p in report.passages if p.id == ref.passage), None)
    fact = next((f for f in report.facts if f.id == ref.fact), None)
    spans = passage.spans if passage else (fact.span,) if fact else ()
    numbers = [p.number for p in report.pages]
    first = spans[0].page if spans else (numbers[0] if numbers else None)
    page = ref.page if ref.page in numbers else first
    return Shown(replace(ref, page=page), report, passage or fact, spans)


def source_panel(
    ref: SourceRef,
    library: Library,
    on_page: Callable[[int], None],
    on_close: Callable[[], None] | None,
    number: int = 0,
) -> None:
    """The source with its page or its context. `on_page` is called with the page that the reader turns to."""
    shown = look_up(ref, library)
    with st.container(border=True, key="source-panel"):
        if on_close and st.button(t("source.close"), icon=":material/close:", type="tertiary", key="source-close"):
            on_close()
        if shown is None:
            st.html(f'<h2 id="cg-source" class="cg-source-title">{escape(t("source.title"))}</h2>')
            st.warning(plain(t("source.gone", document=ref.document)), icon=":material/link_off:")
            return
        st.html(_head(shown, number))
        if (ref.passage or ref.fact) and shown.marked is None:
            st.info(t("source.mark_gone"), icon=":material/info:")
        if ref.page and shown.ref.page and ref.page != shown.ref.page:
            said = t("source.no_page", page=ref.page, shown=shown.ref.page, last=_last_page(shown.report))
            st.info(said, icon=":material/info:")
        file = library.file(ref.document)
        if shown.ref.page is not None:
            _turning(shown, on_page)
        if _is_pdf(file):
            _page_picture(shown, file)
        else:
            _text_in_context(shown)
        _actions(shown, file)


def _head(shown: Shown, number: int) -> str:
    report, marked = shown.report, shown.marked
    title = t("source.numbered", number=number) if number else t("source.title")
    where = [escape(meeting_name(report.meeting)) if report.meeting else escape(long_date(report.date or ""))]
    if marked is not None and marked.region:
        host = next((r.host_town for r in report.regions if r.region == marked.region and r.host_town), None)
        where.append(escape(region_name(marked.region) + (t("source.host", town=host) if host else "")))
    if isinstance(marked, Passage) and marked.pages:
        where.append(escape(page_label(marked.pages)).replace(" ", "&nbsp;"))  # "s." and its number stay together
    question = ""
    if isinstance(marked, Passage) and marked.question:
        question = f'<p class="cg-source-question">{escape(marked.question)}</p>'
    quote = f"<blockquote>{escape(shown.quote)}</blockquote>" if shown.quote else ""
    heading = escape(f"{title}: {report.title}")
    place = f'<p class="cg-source-where">{" · ".join(filter(None, where))}</p>'
    return (
        f'<div class="cg-source"><h2 id="cg-source" class="cg-source-title" tabindex="-1">{heading}</h2>'
        f"{place}{question}{quote}</div>"
    )


def _last_page(report: Report) -> int:
    return max(p.number or 0 for p in report.pages)


def _is_pdf(file: Path) -> bool:
    """Other files can have pages, too (a text's are told apart by form feeds), but no picture of them."""
    return file.suffix.lower() == ".pdf"


def _turning(shown: Shown, on_page: Callable[[int], None]) -> None:
    page = shown.ref.page
    assert page is not None
    last = _last_page(shown.report)
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="source-turn"
    ):
        st.button(
            t("source.previous"),
            icon=":material/chevron_left:",
            key="source-previous",
            disabled=page <= 1,
            on_click=on_page,
            args=(page - 1,),
        )
        number = escape(t("source.page_of", page=page, last=last))
        st.html(f'<p class="cg-page-number" role="status">{number}</p>', width="content")
        st.button(
            t("source.next"),
            icon=":material/chevron_right:",
            icon_position="right",
            key="source-next",
            disabled=page >= last,
            on_click=on_page,
            args=(page + 1,),
        )
    home = shown.spans[0].page if shown.spans and not shown.words(page) else None
    if home is not None and st.button(
        t("source.back_to_mark", page=home), key="source-home", icon=":material/ink_highlighter:"
    ):
        on_page(home)
        st.rerun()


def _page_picture(shown: Shown, file: Path) -> None:
    page = shown.ref.page
    assert page is not None
    words = shown.words(page)
    try:
        picture = _picture(shown.report.sha256, str(file), page, words)
    except Exception:
        st.warning(t("source.no_picture"), icon=":material/broken_image:")
        _text_in_context(shown)
        return
    alt = t("source.alt_marked" if words else "source.alt", page=page, title=shown.report.title)
    with st.container(key="source-page"):
        st.image(picture.png, width="stretch", alt=alt)
        if mark := picture.mark:
            st.html(f'<span class="cg-sr" data-cg-mark="{mark[0]:.4f} {mark[1]:.4f}"></span>')
    if words and not picture.boxes:
        st.caption(t("source.not_marked"))


@st.cache_data(max_entries=48, show_spinner=False)
def _picture(sha: str, file: str, page: int, words: tuple[Words, ...]) -> pages.PagePicture:
    """Cached by content; `sha` makes a replaced file another entry."""
    return pages.render_page(Path(file), page, words)


def _text_in_context(shown: Shown) -> None:
    page = shown.ref.page
    text = shown.report.page_text(page)
    spans = sorted((s.start, s.end) for s in shown.spans if s.page == page)
    start, end = (spans[0][0], spans[-1][1]) if spans else (0, 0)
    with st.container(key="source-text", height=420):
        st.html(marked_text(text, spans, max(0, start - CONTEXT), min(len(text), end + CONTEXT)))
    if start > CONTEXT or end + CONTEXT < len(text):
        with st.expander(t("source.whole_text"), icon=":material/article:"):
            st.html(marked_text(text, spans, 0, len(text)))


def marked_text(text: str, spans: list[tuple[int, int]], start: int, end: int) -> str:
    """text[start:end] as HTML with the spans marked; an ellipsis where the text goes on."""
    parts, at = [], start
    for left, right in spans:
        parts += [escape(text[at:left]), f"<mark>{escape(text[left:right])}</mark>"]
        at = right
    parts.append(escape(text[at:end]))
    before, after = ("… " if start > 0 else ""), (" …" if end < len(text) else "")
    return f'<div class="cg-text">{before}{"".join(parts)}{after}</div>'


def _actions(shown: Shown, file: Path) -> None:
    with st.container(horizontal=True, key="source-actions", vertical_alignment="center"):
        url = pdf_url(file, shown.ref.page) if _is_pdf(file) and file.is_file() else None
        copy = (
            f'<button class="cg-action" type="button" data-cg-copy="link:" '
            f'data-cg-done="{escape(t("actions.copied"))}" data-cg-failed="{escape(t("actions.copy_failed"))}">'
            f"<span>{escape(t('source.copy_link'))}</span></button>"
        )
        opened = ""
        if url:
            opened = (
                f'<a class="cg-action" href="{escape(url)}" target="_blank" rel="noopener">'
                f"{escape(t('source.open_pdf', page=shown.ref.page))}</a>"
            )
        st.html(f'<div class="cg-actions">{opened}{copy}</div>', width="content")
        if file.is_file():
            st.download_button(
                t("source.download"),
                data=file.read_bytes,
                file_name=Path(shown.ref.document).name,
                key="source-download",
                icon=":material/download:",
                type="tertiary",
                on_click="ignore",
            )


def pdf_url(file: Path, page: int | None) -> str | None:
    """A link that opens the PDF at a page in the browser's own viewer, for as long as the visit lasts.

    Streamlit's media store serves it under a name made from the content, like the pictures; None outside a server.
    Only PDFs are served like this: a browser would run the scripts of an HTML file.
    """
    from streamlit import runtime

    if not runtime.exists():
        return None
    manager = runtime.get_instance().media_file_mgr
    url = manager.add(str(file), "application/pdf", f"citygroup-{file.stem}")
    return url.lstrip("/") + (f"#page={page}" if page else "")
