"""From evidence to a probability: a logistic model over named features, small enough to read in its JSON file.

probability = 1 / (1 + exp(-(bias + sum(weight * clip(feature)))))
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FILE = Path(__file__).with_name("calibration.json")
CLIP = 8.0  # features are scaled to a few units; an outlier must not decide alone


@dataclass(frozen=True)
class Calibration:
    """Weights by feature name. A feature that has no weight is evidence for the eye only."""

    weights: dict[str, float]
    bias: float

    def logit(self, features: dict[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        """(n,) log odds. Raises KeyError where a weighted feature is missing."""
        total = np.zeros(len(next(iter(features.values()))), dtype=np.float64)
        for name, weight in self.weights.items():
            total += weight * np.clip(features[name], -CLIP, CLIP)
        return total + self.bias

    def probability(self, features: dict[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        """(n,) probabilities that a passage states something on the topic."""
        return 1.0 / (1.0 + np.exp(-self.logit(features)))

    def save(self, path: Path = FILE) -> None:
        data = {"bias": round(self.bias, 4), "weights": {k: round(v, 4) for k, v in sorted(self.weights.items())}}
        path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


def load_calibration(path: Path = FILE) -> Calibration:
    data = json.loads(path.read_text(encoding="utf-8"))
    return Calibration(data["weights"], data["bias"])
