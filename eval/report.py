"""The readable report of a run: figures, where misses lie, every case that is not right; Swedish."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from eval import names
from eval.compare import Comparison
from eval.evaluators import mention_label
from eval.history import write_atomically
from eval.plots import grouped_bars, stacked_bars
from eval.runner import CaseResult, Figure, Run
from eval.tables import Picture, Section, Table, change, markdown, page, plain, share

MISS_STAGES = (
    "hittad men utelämnad",
    "hittades inte",
    "frågan avböjdes",
    "bara i strukturen",
    "inte med i svaret",
    "finns inte i materialet",
)


def terminal(run: Run) -> str:
    """The figures as they are printed."""
    parts = [plain(figures_table(run)), "", plain(_place_table(run, "region", "Region"))]
    misses = _misses(run)
    if misses:
        counts = Counter(stage for _, stage in misses)
        parts += ["", "Missade omnämnanden: " + ", ".join(f"{stage} {count}" for stage, count in counts.most_common())]
    errors = [f"  {r.id}: {r.error}" for r in run.results if r.error]
    return "\n".join([*parts, *(["", "Fel:", *errors] if errors else [])])


def comparison_text(found: Comparison) -> str:
    """Every changed case, then the figures that moved."""
    lines = []
    for item in found.changes:
        figures = "; ".join(f"{names.FIGURES[name]} {change(*values)}" for name, values in item.figures.items())
        lines.append(f"{item.id}: {figures or 'andra omnämnanden'}")
        lines += [f"    + {label}" for label in item.gained] + [f"    - {label}" for label in item.lost]
    for title, ids in (("Nya frågor", found.new), ("Ej körda", found.gone), ("Ändrade frågor", found.reworded)):
        if ids:
            lines.append(f"{title} (jämförs inte): {', '.join(ids)}")
    lines.append(f"{len(found.changes)} frågor ändrade mot baslinjen.")
    for name, (old, now) in found.figures.items():
        if old != now:
            lines.append(f"{'SÄMRE' if name in found.drops else 'bättre'}: {names.FIGURES[name]} {old:.4f} → {now:.4f}")
    return "\n".join(lines)


def sections(run: Run, extra: Sequence[Section] = ()) -> list[Section]:
    """The report's content; `extra` (the baselines, the FAQ) follows the figures."""
    found = [
        Section("Underlag", (_about(run),)),
        Section("Resultat", (figures_table(run), _kinds_picture(run))),
        *extra,
        Section("Per region", (_place_table(run, "region", "Region"),)),
        Section("Per dokument", (_place_table(run, "document", "Dokument"),)),
    ]
    misses = _misses(run)
    if misses:
        pictures = (_misses_picture(misses), _misses_by_region(run))
        found.append(Section("Var missarna ligger", (*pictures, _misses_table(run))))
    wrong = [result for result in run.results if _faults(result)]
    if wrong:
        rows = tuple((r.id, r.question, " | ".join(_faults(r))) for r in wrong)
        found.append(Section("Frågor som inte är helt rätt", (Table(("Id", "Fråga", "Vad som brister"), rows),)))
    return found


def write(run: Run, folder: Path, extra: Sequence[Section] = ()) -> tuple[Path, Path]:
    """Write rapport.html (one file) and rapport.md with its pictures to the folder; returns both paths."""
    parts = sections(run, extra)
    title = f"Utvärdering {run.when[:16].replace('T', ' ')}"
    for section in parts:
        for part in section.parts:
            if isinstance(part, Picture):
                write_atomically(folder / part.name, part.svg)
    write_atomically(folder / "rapport.html", page(title, parts))
    write_atomically(folder / "rapport.md", markdown(title, parts))
    return folder / "rapport.html", folder / "rapport.md"


def _about(run: Run) -> str:
    options = "".join(f" {name}: {value}." for name, value in run.options.items())
    return f"{len(run.results)} frågor till {len(run.documents)} dokument: {', '.join(run.documents)}.{options}"


def figures_table(run: Run) -> Table:
    """Every figure per kind, per split and over all."""
    rows = [_figures_row(names.KINDS[kind], run.figures(kind=kind)) for kind in run.kinds()]
    rows += [_figures_row(f"– {label}", run.figures(split=split)) for split, label in names.SPLITS.items()]
    rows.append(_figures_row("Alla", run.figures()))
    return Table(("Typ", "Frågor", *names.FIGURES.values()), tuple(rows), "Medel per fråga där måttet gäller")


def _figures_row(label: str, figures: Mapping[str, Figure]) -> tuple[str, ...]:
    cases = max((f.cases for f in figures.values()), default=0)
    cells = [share(figures[name].value) if name in figures else "–" for name in names.SHARES]
    seconds = f"{figures[names.LATENCY].value:.3f}".replace(".", ",") if names.LATENCY in figures else "–"
    return (label, str(cases), *cells, seconds)


def _place_table(run: Run, what: str, label: str) -> Table:
    shown = (names.MENTION_RECALL, names.CLAIM_PRECISION, names.CITATION_FIDELITY, names.ATTRIBUTION)
    rows = []
    for place, figures in run.by_place(what).items():
        cells = [f"{figures[n][0]}/{figures[n][1]}" if n in figures else "–" for n in shown]
        rows.append((place, *cells))
    return Table((label, *(names.FIGURES[n] for n in shown)), tuple(rows), "Rätt av bedömda; – är utan region")


def _kinds_picture(run: Run) -> Picture:
    kinds = [kind for kind in run.kinds() if names.MENTION_RECALL in run.figures(kind=kind)]
    series: dict[str, list[float | None]] = {}
    for name in (names.MENTION_RECALL, names.CLAIM_PRECISION):
        figures = [run.figures(kind=kind).get(name) for kind in kinds]
        series[names.FIGURES[name]] = [f.value if f else None for f in figures]
    svg = grouped_bars([names.KINDS[kind] for kind in kinds], series, "andel")
    return Picture("per-typ.svg", svg, "Stapeldiagram: omnämnanden funna och påståenden rätt per frågetyp")


def _misses(run: Run) -> list[tuple[CaseResult, str]]:
    return [(r, m.lost or "fel") for r in run.results for m in r.mentions if not m.found]


def _misses_picture(misses: Sequence[tuple[CaseResult, str]]) -> Picture:
    kinds = [kind for kind in names.KINDS if any(r.kind == kind for r, _ in misses)]
    stages = [s for s in (*MISS_STAGES, "fel") if any(stage == s for _, stage in misses)]
    series = {s: [float(sum(r.kind == k and stage == s for r, stage in misses)) for k in kinds] for s in stages}
    svg = stacked_bars([names.KINDS[kind] for kind in kinds], series, "missade omnämnanden")
    return Picture("missar.svg", svg, "Stapeldiagram: var missade omnämnanden gick förlorade, per frågetyp")


def _misses_by_region(run: Run) -> Picture:
    table = run.by_place("region")
    counts = {
        place: figures[names.MENTION_RECALL] for place, figures in table.items() if names.MENTION_RECALL in figures
    }
    series = {
        "funna": [float(right) for right, _ in counts.values()],
        "missade": [float(total - right) for right, total in counts.values()],
    }
    svg = stacked_bars(list(counts), series, "omnämnanden")
    return Picture("missar-per-region.svg", svg, "Stapeldiagram: funna och missade omnämnanden per region")


def _misses_table(run: Run) -> Table:
    rows = [
        (
            result.id,
            mention_label(m.mention),
            m.lost or "fel",
            str(m.rank) if m.rank else "–",
            share(m.probability),
        )
        for result in run.results
        for m in result.mentions
        if not m.found
    ]
    return Table(("Fråga", "Omnämnande", "Förlorat", "Rang", "Sannolikhet"), tuple(rows))


def _faults(result: CaseResult) -> list[str]:
    return [
        f"{names.FIGURES[name]} {share(score.value)}: {score.reason}"
        for name, score in result.scores.items()
        if name in names.SHARES and score.value < 1
    ]
