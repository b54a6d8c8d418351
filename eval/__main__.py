"""`python -m eval`: runs the question set, prints the figures, writes the report.

Exit status: 0; 1 where a figure fell below the baseline or a case could not be answered for an error; 2 where the
run could not start.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from eval import cases, compare, engines, history, names, report
from eval.places import Places
from eval.runner import Assistant, Progress, Run, run
from eval.tables import Section
from ingest.errors import CitygroupError, SettingsError
from ingest.settings import Settings, read_settings


def main(arguments: Sequence[str] | None = None, opened: Assistant | None = None) -> int:
    """Run the command; `opened` takes the place of the assistant over the index (tests)."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.save_baseline and (_part(options) or options.without_thesaurus):
        parser.error("a baseline is saved of the whole set, as it is asked by default")
    try:
        return _run(options, opened)
    except CitygroupError as error:
        print(error, file=sys.stderr)
        return 2


def _run(options: argparse.Namespace, opened: Assistant | None) -> int:
    chosen = cases.select(cases.load(options.questions), options.split, options.kind, options.id)
    settings = read_settings()
    if options.index:
        settings = replace(settings, index=options.index)
    if settings.llm.model and options.save_baseline:
        raise SettingsError("A baseline is of the answers without a language model: unset CITYGROUP_LLM_MODEL.")
    assistant = engines.Remembering(opened or open_assistant(settings, thesaurus=not options.without_thesaurus))
    _warn_of_absent_mentions(chosen, assistant)
    said = {"Ordlista": "urkopplad"} if options.without_thesaurus else {}
    if settings.llm.model and not options.without_thesaurus:
        said["Språkmodell"] = settings.llm.model
    result = run(assistant, chosen, _bar("Frågor"), options=said)
    print(report.terminal(result))
    folder = history.save(result, options.output)
    html, _ = report.write(result, folder, _extra(options, result, chosen, assistant, settings))
    print(f"\nRapport: {html}")
    status = 1 if any(r.error for r in result.results) else 0
    if options.compare:
        found = compare.compare(result, options.baseline, whole=not _part(options))
        print(f"\nJämfört med baslinjen:\n{report.comparison_text(found)}")
        status = 1 if found.drops else status
    if options.save_baseline:
        compare.save_baseline(result, options.baseline)
        print(f"Baslinje sparad: {options.baseline}")
    return status


def _part(options: argparse.Namespace) -> bool:
    return bool(options.split or options.kind or options.id)


def open_assistant(settings: Settings, thesaurus: bool = True) -> Assistant:
    """The assistant over the published index, without the trade thesaurus where asked; its day is always cases.TODAY.

    Raises IndexMissing and IndexMismatch, which name the command that helps.
    """
    from answer import assemble

    if thesaurus:
        return assemble.open_assistant(settings, today=lambda: cases.TODAY)
    from answer.assistant import Assistant as Opened
    from index.embedding import load_encoder
    from index.library import open_library
    from index.thesaurus import Thesaurus

    library = open_library(settings)
    searcher = assemble.open_searcher(library, load_encoder(settings), Thesaurus())
    return Opened(library, searcher, lambda: cases.TODAY)


def _extra(
    options: argparse.Namespace,
    result: Run,
    chosen: tuple[cases.Case, ...],
    assistant: engines.Remembering,
    settings: Settings,
) -> list[Section]:
    """The other engine where there is a language model, baselines and FAQ where asked for; printed once measured."""
    found = []
    if (compared := engines.measure(assistant, chosen, result, _bar("Utan språkmodell"))) is not None:
        found.append(engines.section(compared))
        print("\n" + engines.terminal(compared))
    if options.baselines:
        from eval import baselines

        comparison = baselines.measure(assistant, chosen, result, settings, _bar("Jämförelser"))
        found.append(baselines.section(comparison))
        print("\n" + baselines.terminal(comparison))
    if options.faq:
        from eval import faq

        figures = faq.measure(settings, _bar("Allmän svenska"))
        found.append(faq.section(figures))
        print("\n" + faq.terminal(figures))
    return found


def _warn_of_absent_mentions(chosen: Sequence[cases.Case], assistant: Assistant) -> None:
    places = Places(assistant.library.reports)
    absent = [
        (case.id, mention)
        for case in chosen
        for mention in case.expected
        if not any(places.holds_mention(place) for place in mention.places)
    ]
    if absent:
        from eval.evaluators import mention_label

        print(f"{len(absent)} väntade omnämnanden finns inte i materialet:", file=sys.stderr)
        for case_id, mention in absent:
            print(f"  {case_id}: {mention_label(mention)}", file=sys.stderr)


def _bar(label: str) -> Progress:
    """A progress bar on standard error; silent where that is no terminal."""
    from tqdm import tqdm

    bar: tqdm[int] | None = None

    def step(done: int, total: int, what: str) -> None:
        nonlocal bar
        if bar is None:
            bar = tqdm(total=total, desc=label, disable=None, leave=False)
        bar.update(done - bar.n)
        if done == total:
            bar.close()

    return step


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval", description="Run the question set and measure the answers.")
    parser.add_argument("--questions", type=Path, default=cases.QUESTIONS, metavar="FILE", help="the question set")
    parser.add_argument("--index", type=Path, metavar="DIR", help="the index (CITYGROUP_INDEX, else .index/)")
    parser.add_argument("--split", choices=list(names.SPLITS), help="only the questions of one split")
    parser.add_argument(
        "--kind", choices=list(names.KINDS), action="append", default=[], help="only one kind; repeatable"
    )
    parser.add_argument("--id", action="append", default=[], help="only this question; repeatable")
    parser.add_argument(
        "--compare", action="store_true", help="show what changed against the baseline; exit 1 on a drop"
    )
    parser.add_argument("--save-baseline", action="store_true", help="keep this run as the baseline of its documents")
    parser.add_argument("--baseline", type=Path, default=compare.BASELINE, metavar="FILE", help="the baseline's file")
    parser.add_argument("--without-thesaurus", action="store_true", help="search without the trade thesaurus")
    parser.add_argument("--baselines", action="store_true", help="measure other retrievers on the same questions")
    parser.add_argument(
        "--faq", action="store_true", help="measure retrieval on 503 Swedish questions of another trade"
    )
    parser.add_argument("--output", type=Path, default=history.RUNS, metavar="DIR", help="where runs are kept")
    return parser


if __name__ == "__main__":
    sys.exit(main())
