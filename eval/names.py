"""The words of the evaluation: kinds, splits, statuses and figures, with the Swedish that readers see."""

from __future__ import annotations

from typing import Literal

Kind = Literal["aggregate", "fact", "region", "comparison", "followup", "paraphrase", "typo", "ocr", "refusal"]
Split = Literal["tune", "held"]
Status = Literal["förslag", "granskad", "ifrågasatt"]

KINDS: dict[str, str] = {
    "aggregate": "Sammanställning",
    "fact": "Faktauppgift",
    "region": "En region eller träff",
    "comparison": "Jämförelse",
    "followup": "Följdfråga",
    "paraphrase": "Omskrivning",
    "typo": "Felstavning",
    "ocr": "Inläst text (OCR)",
    "refusal": "Ska inte besvaras",
}
SPLITS: dict[str, str] = {"tune": "Justering", "held": "Undanhållen"}

MENTION_RECALL = "mention_recall"
CLAIM_PRECISION = "claim_precision"
CITATION_FIDELITY = "citation_fidelity"
ATTRIBUTION = "attribution"
REFUSAL_RIGHT = "refusal_right"
ANSWERED_RIGHT = "answered_right"
LATENCY = "latency"

# In the order in which they are shown; all but the latency are shares between 0 and 1.
FIGURES: dict[str, str] = {
    MENTION_RECALL: "Omnämnanden funna",
    CLAIM_PRECISION: "Påståenden rätt",
    CITATION_FIDELITY: "Citat står på sidan",
    ATTRIBUTION: "Ort, region och träff rätt",
    REFUSAL_RIGHT: "Avböjer när svar saknas",
    ANSWERED_RIGHT: "Svarar när svar finns",
    LATENCY: "Svarstid (s)",
}
SHARES = tuple(name for name in FIGURES if name != LATENCY)
