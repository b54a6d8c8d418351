"""Where the names of a map's towns stand, so that none lies on a dot or on another name. Pure geometry."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

GAPS = (3.0, 9.0, 18.0, 28.0, 40.0)  # between a dot's edge and its name; beyond the first a line joins them
JOINED = 8.0
# Degrees from the east, clockwise as on the screen: beside the dot before above and below it.
DIRECTIONS = (0, 180, -35, 35, 215, 145, -90, 90, -62, 62, -118, 118)
AIR = 1.5  # around dots and names


@dataclass(frozen=True)
class Dot:
    """A town on the map, in pixels from the upper left; `size` across."""

    name: str
    x: float
    y: float
    size: float


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    width: float
    height: float

    def meets(self, other: Box) -> bool:
        return (
            self.left < other.left + other.width + AIR
            and other.left < self.left + self.width + AIR
            and self.top < other.top + other.height + AIR
            and other.top < self.top + self.height + AIR
        )

    def apart(self, dot: Dot) -> float:
        """From the dot's edge; below zero where it lies on it."""
        near_x = min(max(dot.x, self.left), self.left + self.width)
        near_y = min(max(dot.y, self.top), self.top + self.height)
        return math.hypot(dot.x - near_x, dot.y - near_y) - dot.size / 2

    def covers(self, dot: Dot) -> bool:
        return self.apart(dot) < AIR

    def within(self, width: float, height: float) -> bool:
        return self.left >= 0 and self.top >= 0 and self.left + self.width <= width and self.top + self.height <= height


@dataclass(frozen=True)
class Label:
    """A name and where it stands; `line` joins it to its dot (x, y, length, degrees) where it stands apart from it.

    `side` is where in its box the name stands: towards its dot.
    """

    name: str
    box: Box
    side: str
    line: tuple[float, float, float, float] | None = None

    @property
    def points(self) -> list[Dot]:
        """Points of the line, close enough together that nothing is passed over."""
        if self.line is None:
            return []
        x, y, length, degrees = self.line
        along, down = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        return [Dot("", x + along * step, y + down * step, 0.0) for step in range(math.ceil(length))]


def placed(dots: Sequence[Dot], wanted: int, width: float, height: float, font: float) -> list[Label]:
    """Names of the first `wanted` dots for which there is room. Letters are `font` pixels high."""
    labels: list[Label] = []
    for dot in dots:
        if len(labels) == wanted:
            break
        others = [other for other in dots if other is not dot]
        for label in _candidates(dot, font):
            if label.box.within(width, height) and _free(label, dot, others, labels):
                labels.append(label)
                break
    return labels


def _free(label: Label, dot: Dot, others: Sequence[Dot], labels: Sequence[Label]) -> bool:
    """Whether neither the name nor its line lies on a dot, a name or a line, and the name is nobody else's."""
    if label.box.covers(dot) or any(label.box.covers(other) for other in others):
        return False
    if label.line is None and any(label.box.apart(other) < label.box.apart(dot) for other in others):
        return False
    line = label.points
    if any(math.hypot(o.x - p.x, o.y - p.y) < o.size / 2 + AIR for o in others for p in line):
        return False
    return not any(
        label.box.meets(other.box)
        or any(label.box.covers(p) for p in other.points)
        or any(other.box.covers(p) for p in line)
        for other in labels
    )


def text_width(text: str, font: float) -> float:
    """Rather too wide than too narrow: the reader's font is not known."""
    return sum(0.32 if c in "ijlftrI" else 0.86 if c in "mwMW" else 0.68 if c.isupper() else 0.57 for c in text) * font


def _candidates(dot: Dot, font: float) -> Iterator[Label]:
    """Places for a name, the best first."""
    width, height = text_width(dot.name, font), font * 1.1
    for gap in GAPS:
        for degrees in DIRECTIONS:
            along, down = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
            x, y = dot.x + along * (dot.size / 2 + gap), dot.y + down * (dot.size / 2 + gap)
            side = "center" if abs(along) < 0.3 else "left" if along > 0 else "right"
            left = {"center": x - width / 2, "left": x, "right": x - width}[side]
            top = y - height / 2 if abs(down) < 0.3 else y if down > 0 else y - height
            line = None
            if gap > JOINED:
                start = dot.size / 2
                line = (dot.x + along * start, dot.y + down * start, gap - 1.0, float(degrees))
            yield Label(dot.name, Box(left, top, width, height), side, line)
