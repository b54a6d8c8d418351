"""Whether the passages answer a question at all: evidence of a whole question, for a second small logistic model.

The best passage's probability alone refuses badly: a question near the trade's matters always finds something likely.
What helps is how far the best passages stand out from those a little further down, whether the question's words, the rarest
above all, are met in them, and whether any passage shares its fictional topics.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BEST = 3  # passages whose evidence is looked at by itself
NEAR = 20  # so far down, likeness tells whether the subject lies near everything or near a few passages
_MET = ("cover", "cover_own", "cover_plain", "rarest")  # how well words are met: anywhere, and in the best passages
_OF_BEST = ("own_gap", "dense", "topic")


def question_evidence(features: dict[str, NDArray[np.float64]], logits: NDArray[np.float64]) -> dict[str, float]:
    """Numbers by name, from the evidence (n,) and log odds (n,) of the n >= 1 passages that a question admits."""
    order = np.argsort(-logits, kind="stable")
    best = order[:BEST]
    ranked = logits[order]
    found = {f"logit_{place}": float(ranked[min(place, len(ranked) - 1)]) for place in (0, 1, 2, 4)}
    for name in _MET:
        found[f"{name}_most"] = float(features[name].max())
        found[f"{name}_best"] = float(features[name][best].max())
    for name in _OF_BEST:
        found[f"{name}_first"] = float(features[name][order[0]])
    found["ngram_own_most"] = float(features["ngram_own"].max())
    found["dense_level_most"] = float(features["dense_level"].max())
    dense = np.sort(features["dense"])[::-1]
    found["dense_near"] = float(dense[min(NEAR, len(dense)) - 1])
    found["dense_unmet"] = (1 - min(found["cover_own_most"], 1.0)) * float(dense[0])
    found["topic_most"] = float(features["topic"].max())
    found["narrow"] = float(features["narrow"][0])
    return found
