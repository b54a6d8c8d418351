"""The report's drawings, as SVG. matplotlib is imported here alone."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

Values = Mapping[str, Sequence[float | None]]  # series -> one value per group, None where there is none

# Told apart without colours as well: they differ in lightness.
COLOURS = ("#0b3c5d", "#d9822b", "#5b8e7d", "#a8b8c8", "#8c4a6b", "#c9b458", "#4f6d7a", "#b5651d")


def grouped_bars(groups: Sequence[str], series: Values, label: str) -> str:
    """Shares (0 to 1) side by side per group, the series told by colour; returns SVG."""
    with _figure(max(6.5, 1.05 * len(groups) + 2), 4.2) as (figure, axes, text):
        width = 0.82 / max(len(series), 1)
        for number, (name, values) in enumerate(series.items()):
            spots = [i - 0.41 + width * (number + 0.5) for i in range(len(groups))]
            heights = [0.0 if v is None else v for v in values]
            bars = axes.bar(spots, heights, width * 0.94, label=name, color=COLOURS[number % len(COLOURS)])
            if len(series) == 1:
                axes.bar_label(bars, [("–" if v is None else f"{v:.2f}".replace(".", ",")) for v in values], fontsize=8)
        axes.set_xticks(range(len(groups)), groups, rotation=20, ha="right")
        axes.set_ylim(0, 1.05)
        axes.set_ylabel(label)
        axes.grid(axis="y", color="#e3e7ec")
        axes.set_axisbelow(True)
        if len(series) > 1:
            axes.legend(frameon=False, fontsize=8, ncols=3, loc="upper center", bbox_to_anchor=(0.5, 1.24))
        return text()


def stacked_bars(groups: Sequence[str], series: Values, label: str) -> str:
    """Counts on top of one another per group, lying; returns SVG."""
    with _figure(8, max(2.2, 0.42 * len(groups) + 1.4)) as (figure, axes, text):
        left = [0.0] * len(groups)
        for number, (name, values) in enumerate(series.items()):
            lengths = [0.0 if v is None else float(v) for v in values]
            axes.barh(range(len(groups)), lengths, left=left, label=name, color=COLOURS[number % len(COLOURS)])
            left = [a + b for a, b in zip(left, lengths, strict=True)]
        axes.set_yticks(range(len(groups)), groups)
        axes.invert_yaxis()
        axes.set_xlabel(label)
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.grid(axis="x", color="#e3e7ec")
        axes.set_axisbelow(True)
        axes.legend(frameon=False, fontsize=8, ncols=4, loc="lower center", bbox_to_anchor=(0.5, 1.0))
        return text()


def reliability(points: Sequence[tuple[float, float, int]], foreseen: str, came: str, cut: tuple[float, str]) -> str:
    """Foreseen probability against observed share, a dot per bin as large as its passages are many; returns SVG."""
    with _figure(5.2, 4.6) as (figure, axes, text):
        axes.plot([0, 1], [0, 1], color=COLOURS[3], linewidth=1)
        axes.axvline(cut[0], color=COLOURS[1], linewidth=1, linestyle="--", label=cut[1])
        at, share = [point[0] for point in points], [point[1] for point in points]
        axes.plot(at, share, color=COLOURS[0], linewidth=1)
        axes.scatter(at, share, [12 + 2 * count**0.5 for *_, count in points], color=COLOURS[0], zorder=3)
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1)
        axes.set_xlabel(foreseen)
        axes.set_ylabel(came)
        axes.grid(color="#e3e7ec")
        axes.set_axisbelow(True)
        axes.legend(frameon=False, fontsize=8, loc="upper left")
        return text()


class _figure:
    """A figure drawn apart from any window or global state: the page draws from several threads."""

    def __init__(self, width: float, height: float) -> None:
        from matplotlib import rc_context
        from matplotlib.figure import Figure

        # text stays text, and ids do not change from run to run
        self._context = rc_context({"svg.fonttype": "none", "svg.hashsalt": "eval", "font.family": "sans-serif"})
        self._context.__enter__()
        self._figure = Figure(figsize=(width, height), layout="constrained")
        self._axes = self._figure.subplots()
        for side in ("top", "right"):
            self._axes.spines[side].set_visible(False)

    def __enter__(self):  # type: ignore[no-untyped-def]
        return self._figure, self._axes, self._svg

    def __exit__(self, *error: object) -> None:
        self._context.__exit__(None, None, None)

    def _svg(self) -> str:
        out = io.StringIO()
        self._figure.savefig(out, format="svg", metadata={"Date": None})
        return out.getvalue()
