"""From checked sentences to an answer: text, claims, our own count of what was found, and what the model left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from answer.grounding import Grounding
from answer.llm_text import Block, Sentence
from answer.messages import filled
from answer.model import Answer, Citation, Claim, Dropped, Exchange
from answer.swedish import counted, listed_some

NAMED = 8  # towns in the line about what was left out


def compose_checked(
    answer: Answer,
    blocks: Sequence[Block],
    grounding: Grounding,
    dropped: tuple[Dropped, ...],
    exchanges: tuple[Exchange, ...],
) -> Answer:
    """The extractive answer in the words of the blocks' sentences, all of which stand (at least one).

    Citations keep their numbers. Those that no sentence uses are in `unused`, and their claims follow folded, so that
    nothing that was found is lost.
    """
    paragraphs: list[str] = []
    claims: list[Claim] = []
    heading: str | None = None
    faults = list(dropped)
    for place, block in enumerate(blocks):
        if block.kind == "heading":
            heading = _heading(block.sentences[0], blocks[place + 1 :], answer)
            if heading:
                paragraphs.append(f"**{heading}**")
            else:
                faults.append(Dropped(block.sentences[0].words, filled("llm.yaml", "reason_heading")))
            continue
        if not block.sentences:
            continue
        text = " ".join(sentence.text for sentence in block.sentences)
        paragraphs.append(f"- {text}" if block.kind == "item" else text)
        claims += [_claim(sentence, answer, grounding, heading) for sentence in block.sentences]
    used = {number for claim in claims for number in claim.citations}
    unused = tuple(c for c in answer.citations if c.number not in used)
    rest = [_left_out(claim) for claim in answer.claims if not set(claim.citations) & used]
    lead = next(sentence.text for block in blocks if block.kind != "heading" for sentence in block.sentences)
    text = "\n\n".join([*paragraphs, *_coverage(answer, used)])
    return replace(
        answer,
        lead=lead,
        text=text.replace("\n\n- ", "\n- "),
        claims=(*claims, *rest),
        engine="llm",
        notice=None,
        dropped=tuple(faults),
        unused=unused,
        exchanges=exchanges,
        sides=(),
    )


def _claim(sentence: Sentence, answer: Answer, grounding: Grounding, section: str | None) -> Claim:
    carried = [claim for claim in answer.claims if set(claim.citations) & set(sentence.numbers)]
    towns = grounding.towns_in(sentence.words)
    if not towns:
        of_cited = {c.town for c in answer.citations if c.number in sentence.numbers}
        towns = [town for town in of_cited if town] if len(of_cited) == 1 else []
    return Claim(
        text=sentence.said,
        town=", ".join(towns) or None,
        citations=sentence.numbers,
        section=section,
        weak=bool(carried) and all(claim.weak for claim in carried),
        probability=max((claim.probability for claim in carried), default=1.0),
    )


def _left_out(claim: Claim) -> Claim:
    """A claim of the extractive answer that the model did not take up, shown on demand."""
    return replace(claim, section=filled("llm.yaml", "unused_section"), folded=True)


def _heading(heading: Sentence, following: Sequence[Block], answer: Answer) -> str | None:
    """A heading that only names a region, a town, a meeting or a title of all that is cited under it; else None."""
    words = heading.words.strip(" .:")
    under: set[int] = set()
    for block in following:
        if block.kind == "heading":
            break
        under |= {number for sentence in block.sentences for number in sentence.numbers}
    names = [_names(citation) for citation in answer.citations if citation.number in under]
    return words if names and all(words.casefold() in own for own in names) else None


def _names(citation: Citation) -> set[str]:
    """What a heading above a citation may say."""
    region, meeting = citation.region, citation.meeting
    names = [region, region and f"Region {region}", citation.title, meeting and meeting.label]
    return {name.casefold() for name in (*names, *(citation.town or "").split(", ")) if name}


def _coverage(answer: Answer, used: set[int]) -> list[str]:
    """How much of what was found is told, counted here, and the numbers of the rest."""
    every = len(answer.citations)
    if every < 2:
        return []
    if len(used) == every:
        return [filled("llm.yaml", "coverage_all", all=every)]
    rest = [c for c in answer.citations if c.number not in used]
    towns = list(dict.fromkeys(town for c in rest if c.town for town in c.town.split(", ")))
    return [
        filled("llm.yaml", "coverage_some", used=len(used), all=every),
        filled(
            "llm.yaml",
            "unused",
            count=counted(len(rest), "omnämnande"),
            towns=f" ({listed_some(towns, NAMED, 'ort')})" if towns else "",
            markers="".join(f"[{c.number}]" for c in rest),
        ),
    ]
