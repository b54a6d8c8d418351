"""The figures. Each evaluator looks at one case and its answer and returns a Score, or None where it does not apply.

Deterministic, without any model. One planted error lowers one figure (see eval/places.py):

mention_recall     expected mentions that some claim states
claim_precision    claims that state an expected or accepted mention
citation_fidelity  citations whose quote stands on the printed page, in the printed region
attribution        stated mentions whose town, region and meeting are printed right
refusal_right      refused where the reports do not answer
answered_right     answered where they do
latency            seconds
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from answer.model import Answer, Citation, Claim, NoAnswer
from eval import names
from eval.cases import Case, Mention
from eval.places import Places, base_name
from eval.text import same_name, towns


@dataclass(frozen=True)
class Item:
    """One thing judged: a mention, a claim or a citation, with the region and document that it counts for."""

    label: str
    right: bool
    document: str | None = None
    region: str | None = None


@dataclass(frozen=True)
class Score:
    """`value` is the share of right items (seconds for the latency); `reason` is Swedish, for the reviewer."""

    value: float
    reason: str
    items: tuple[Item, ...] = ()


Evaluator = Callable[[Case, Answer | NoAnswer, Places], Score | None]


def mention_recall(case: Case, result: Answer | NoAnswer, places: Places) -> Score | None:
    if not case.answerable or not case.expected:
        return None
    items = [Item(mention_label(m), bool(stated_by(m, result, places)), m.document, m.region) for m in case.expected]
    missed = [item.label for item in items if not item.right]
    return _share(items, f"Saknas: {'; '.join(missed)}" if missed else f"Alla {len(items)} funna")


def claim_precision(case: Case, result: Answer | NoAnswer, places: Places) -> Score | None:
    if not case.answerable or not case.expected or not isinstance(result, Answer) or not result.claims:
        return None
    items = []
    for claim in result.claims:
        citations = _citations(claim, result)
        right = any(places.is_mention(claim, c, m) for c in citations for m in _variants(case))
        where = (base_name(citations[0].document), citations[0].region) if citations else (None, None)
        items.append(Item(_short(claim.text), right, *where))
    wrong = [item.label for item in items if not item.right]
    return _share(items, f"Inte bland de väntade: {'; '.join(wrong)}" if wrong else f"Alla {len(items)} rätt")


def citation_fidelity(case: Case, result: Answer | NoAnswer, places: Places) -> Score | None:
    if not isinstance(result, Answer) or not result.citations:
        return None
    judged_elsewhere = {c.number for _, c, _ in _stated(case, result, places)}  # attribution judges their region
    items, reasons = [], []
    for citation in result.citations:
        label = citation_label(citation)
        stands = places.stands(citation)
        fits = citation.number in judged_elsewhere or places.region_fits(citation)
        if not stands:
            reasons.append(f"[{citation.number}] står inte på {label}")
        elif not fits:
            reasons.append(f"[{citation.number}] sidan hör inte till region {citation.region}")
        items.append(Item(label, stands and fits, base_name(citation.document), citation.region))
    return _share(items, "; ".join(reasons) or f"Alla {len(items)} citat står där de ska")


def attribution(case: Case, result: Answer | NoAnswer, places: Places) -> Score | None:
    if not isinstance(result, Answer):
        return None
    faults: dict[tuple[int, int], tuple[Item, list[str]]] = {}
    for claim, citation, mention in _stated(case, result, places):
        found = _attribution_faults(claim, citation, mention, places)
        key = (result.claims.index(claim), citation.number)
        # where several mentions fit one passage, the claim is right when it is right for one of them
        if key not in faults or len(found) < len(faults[key][1]):
            item = Item(mention_label(mention), not found, mention.document, mention.region)
            faults[key] = (item, [f"[{citation.number}] {fault}" for fault in found])
    if not faults:
        return None
    reasons = [reason for _, found in faults.values() for reason in found]
    return _share([item for item, _ in faults.values()], "; ".join(reasons) or "Ort, region och träff stämmer")


def refusal_right(case: Case, result: Answer | NoAnswer, places: Places) -> Score | None:
    if case.answerable:
        return None
    refused = not result.answerable
    return Score(float(refused), "Avböjde, som väntat" if refused else "Svarade fast rapporterna saknar svar")


def answered_right(case: Case, result: Answer | NoAnswer, places: Places) -> Score | None:
    if not case.answerable:
        return None
    return Score(float(result.answerable), "Svarade" if result.answerable else "Avböjde fast svaret finns")


def latency(case: Case, result: Answer | NoAnswer, places: Places) -> Score | None:
    return Score(result.seconds, f"{result.seconds:.3f} s")


EVALUATORS: dict[str, Evaluator] = {
    names.MENTION_RECALL: mention_recall,
    names.CLAIM_PRECISION: claim_precision,
    names.CITATION_FIDELITY: citation_fidelity,
    names.ATTRIBUTION: attribution,
    names.REFUSAL_RIGHT: refusal_right,
    names.ANSWERED_RIGHT: answered_right,
    names.LATENCY: latency,
}


def evaluate(case: Case, result: Answer | NoAnswer, places: Places) -> dict[str, Score]:
    """Every figure that applies, in the order of EVALUATORS."""
    scores = {name: evaluator(case, result, places) for name, evaluator in EVALUATORS.items()}
    return {name: score for name, score in scores.items() if score is not None}


def stated_by(mention: Mention, result: Answer | NoAnswer, places: Places) -> tuple[int, ...]:
    """Numbers of the citations by which the answer states the mention."""
    if not isinstance(result, Answer):
        return ()
    numbers = {
        citation.number
        for claim in result.claims
        for citation in _citations(claim, result)
        if any(places.is_mention(claim, citation, place) for place in mention.places)
    }
    return tuple(sorted(numbers))


def mention_label(mention: Mention) -> str:
    """ "citygroup-2021-02, Väst, s. 26, Falköping: presentkort" """
    page = f"s. {mention.page}" if mention.page is not None else None
    place = ", ".join(part for part in (mention.document, mention.region, page, mention.town) if part)
    return f"{place}: {', '.join(mention.keys)}"


def citation_label(citation: Citation) -> str:
    page = f"s. {citation.page}" if citation.page is not None else None
    return ", ".join(part for part in (base_name(citation.document), citation.region, page) if part)


def _stated(case: Case, result: Answer, places: Places) -> list[tuple[Claim, Citation, Mention]]:
    return [
        (claim, citation, mention)
        for claim in result.claims
        for citation in _citations(claim, result)
        for mention in _variants(case)
        if places.is_mention(claim, citation, mention)
    ]


def _variants(case: Case) -> list[Mention]:
    """Everything that a claim may rightly state, at each of its places."""
    return [place for mention in (*case.expected, *case.accepted) for place in mention.places]


def _attribution_faults(claim: Claim, citation: Citation, mention: Mention, places: Places) -> list[str]:
    """What is printed wrong beside a stated mention. A structured fact (no passage) is not asked for its town."""
    faults = []
    report = places.report(citation.document)
    meeting = report.meeting.date if report and report.meeting else None
    is_fact = citation.passage_id is None
    if not same_name(citation.region, mention.region) and not (is_fact and mention.region is None):
        faults.append(f"region {citation.region or 'saknas'}, ska vara {mention.region or 'ingen'}")
    if (citation.meeting.date if citation.meeting else None) != meeting:
        faults.append(f"träff {citation.meeting.date if citation.meeting else 'saknas'}, ska vara {meeting or 'ingen'}")
    expected = towns(mention.town)
    if not is_fact:
        if towns(citation.town) != expected:
            faults.append(f"ort {citation.town or 'saknas'}, ska vara {mention.town or 'ingen'}")
        elif not expected <= towns(claim.town):
            faults.append(f"påståendet säger {claim.town or 'ingen ort'}, ska vara {mention.town}")
    return faults


def _citations(claim: Claim, result: Answer) -> list[Citation]:
    return [citation for citation in result.citations if citation.number in claim.citations]


def _share(items: list[Item], reason: str) -> Score:
    return Score(sum(item.right for item in items) / len(items), reason, tuple(items))


def _short(text: str, limit: int = 80) -> str:
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1].rsplit(" ", 1)[0] + " …"
