"""Trains the adapter of the bundled embedding model on the topics of index/training.

    python -m index.train [--output DIR] [--steps N] [--resume]

Writes a LoRA adapter (peft's two files), the head that makes token vectors (index/tokens.py), a model card, the run's
settings and figures (run.json), curves.png, the topics as vectors (topics.npz, see index/topics.py) and checkpoints to
resume from. Needs the packages of requirements-training.txt; took 65 minutes on two cores that other programs used too
(3.3 seconds a step; 2.7 on quiet ones). With --head only head and topics are made anew, for the adapter in that folder;
with --topics only the topics.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from datasets import Dataset
from peft import LoraConfig, get_peft_model
from sentence_transformers import SentenceTransformerTrainingArguments

from index.embedding import ADAPTER, SentenceEncoder, load_bundled
from index.topics import FILE, Topics
from index.training import data, evaluate
from index.training.card import card
from index.training.head import train_head
from index.training.loss import AnswersFirstLoss
from index.training.trainer import AdapterTrainer, Progress, ValidationEvaluator, in_order, plot, save_adapter

TARGETS = ("query", "key", "value", "attention.output.dense", "intermediate.dense", "output.dense")
CHECKPOINTS = "checkpoints"


@dataclass(frozen=True)
class Recipe:
    """What decides the result, with the seed.

    `scale` multiplies cosines in the loss. Layers below `first_layer` keep their weights. `worlds` is the share of the
    batches that are drawn from one world each, the others from topics and from `words` groups of the thesaurus.
    `closest`: how many topics nearest to each are left out of its negatives; `mined`: how many misleading passages of
    the others are drawn from. `share` of the learnt change ships: 1 all of it, 0 the untrained model; anything between
    is the average of both sets of weights. `head_size` numbers a token, `head_rounds` through all worlds at `head_rate`.
    """

    steps: int = 900
    batch: int = 48
    rank: int = 32
    learning_rate: float = 5e-4
    warmup: float = 0.1
    scale: float = 20.0
    first_layer: int = 4
    worlds: float = 0.75
    words: int = 350
    closest: int = 16
    mined: int = 40
    share: float = 0.65
    head_size: int = 128
    head_rounds: int = 6
    head_rate: float = 1e-3
    seed: int = 7


def train(recipe: Recipe, output: Path, resume: bool = False, measure_every: int = 100) -> dict[str, Any]:
    """Trains, writes everything into `output`, and returns what stands in run.json."""
    started = time.time()
    output.mkdir(parents=True, exist_ok=True)
    random.seed(recipe.seed)
    np.random.seed(recipe.seed)
    torch.manual_seed(recipe.seed)
    training, validation = data.read_topics()
    encoder = load_bundled(None)
    untrained = figures(encoder, validation)
    print(f"{len(training)} topics, {len(validation)} more for validation. Untrained: {untrained}", flush=True)
    training += data.read_word_topics(recipe.words, recipe.seed)
    worlds = data.read_worlds()
    dataset = _dataset(recipe, training, worlds, encoder)
    model = encoder.model
    transformer: Any = model[0]
    transformer.model.set_attn_implementation("eager")  # a third faster backwards than torch's own on these short texts
    lora = LoraConfig(
        r=recipe.rank,
        lora_alpha=2 * recipe.rank,
        target_modules=list(TARGETS),
        layers_to_transform=list(range(recipe.first_layer, transformer.model.config.num_hidden_layers)),
        layers_pattern="layer",
    )
    transformer.model = get_peft_model(transformer.model, lora)
    trainer = AdapterTrainer(
        adapted=transformer.model,
        model=model,
        args=_arguments(recipe, output / CHECKPOINTS, measure_every),
        train_dataset=dataset,
        loss=AnswersFirstLoss(model, recipe.scale),
        evaluator=ValidationEvaluator(lambda: {"topics": figures(encoder, validation, faq=False)["topics"]}),
        callbacks=[Progress()],
    )
    trainer.train(resume_from_checkpoint=resume or None)
    save_adapter(transformer.model, output, recipe.share)
    head = write_head(output, recipe)
    write_topics(output)
    run = {
        "recipe": asdict(recipe),
        "topics": {"training": len(training), "validation": len(validation)},
        "worlds": {"training": len(worlds), "questions": sum(len(world.questions) for world in worlds)},
        "untrained": untrained,
        "trained": figures(load_bundled(output), validation),
        "head": head,
        "minutes": round((time.time() - started) / 60, 1),
        "history": trainer.state.log_history,
    }
    write_run(output, run)
    plot(trainer.state.log_history, untrained["topics"], output / "curves.png")
    print(f"Trained: {run['trained']}. {run['minutes']} minutes, written to {output}", flush=True)
    return run


def write_run(output: Path, run: dict[str, Any]) -> None:
    """Settings and figures, and the model card made of them."""
    (output / "run.json").write_text(json.dumps(run, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (output / "README.md").write_text(card(run), encoding="utf-8")


def write_head(adapter: Path, recipe: Recipe) -> dict[str, Any]:
    """The head for the adapter's model, beside it. Returns loss by round and minutes."""
    started = time.time()
    settings = recipe.head_size, recipe.head_rounds, recipe.head_rate, recipe.scale, recipe.seed
    head, losses = train_head(load_bundled(adapter), data.read_worlds(), *settings)
    head.save(adapter)
    return {"losses": losses, "minutes": round((time.time() - started) / 60, 1)}


def write_topics(adapter: Path) -> None:
    """All topics as the adapter's model sees them, beside it."""
    encoder = load_bundled(adapter)
    every = [topic for topics in data.read_topics() for topic in topics]
    with torch.autocast("cpu", torch.bfloat16):
        Topics(
            encoder.fingerprint,
            encoder.encode_queries([question for topic in every for question in topic.questions]),
            np.repeat(np.arange(len(every)), [len(topic.questions) for topic in every]),
            encoder.encode_passages([entry["text"] for topic in every for entry in topic.positives]),
            np.repeat(np.arange(len(every)), [len(topic.positives) for topic in every]),
        ).save(adapter / FILE.name)


def figures(encoder: SentenceEncoder, validation: Sequence[data.Topic], faq: bool = True) -> dict[str, Any]:
    """Mean average precision on validation topics, in all and by kind and place of question; reciprocal rank on FAQ."""
    with torch.autocast("cpu", torch.bfloat16):
        topics = evaluate.measure_topics(encoder, validation)
        other = evaluate.measure_faq(encoder) if faq else None
    return {
        "topics": round(topics.overall, 4),
        "kinds": {kind: round(value, 3) for kind, value in topics.by_kind.items()},
        "questions": {str(place): round(value, 3) for place, value in topics.by_question.items()},
        "faq": None if other is None else round(other, 4),
    }


def _dataset(
    recipe: Recipe, training: Sequence[data.Topic], worlds: Sequence[data.World], encoder: SentenceEncoder
) -> Dataset:
    with torch.autocast("cpu", torch.bfloat16):
        questions = encoder.encode_queries([question for topic in training for question in topic.questions])
        positives = encoder.encode_passages([data.text_of(entry) for topic in training for entry in topic.positives])
    neighbours = data.find_neighbours(
        np.split(questions, np.cumsum([len(topic.questions) for topic in training])[:-1]),
        np.split(positives, np.cumsum([len(topic.positives) for topic in training])[:-1]),
        recipe.closest,
        recipe.mined,
    )
    size, steps, seed = recipe.batch, recipe.steps, recipe.seed
    batches = data.mixed(
        data.batches(training, neighbours, size, steps, seed),
        data.world_batches(worlds, size, steps, seed),
        recipe.worlds if worlds else 0.0,
        steps,
    )
    rows = [row for rows in batches for row in rows]
    return Dataset.from_dict({field.name: [getattr(row, field.name) for row in rows] for field in fields(data.Row)})


def _arguments(recipe: Recipe, folder: Path, measure_every: int) -> SentenceTransformerTrainingArguments:
    passage = dict.fromkeys(("first", "second"), "passage: ")
    return SentenceTransformerTrainingArguments(
        output_dir=str(folder),
        max_steps=recipe.steps,
        per_device_train_batch_size=recipe.batch,
        learning_rate=recipe.learning_rate,
        warmup_steps=int(recipe.warmup * recipe.steps),
        lr_scheduler_type="cosine",
        weight_decay=0.01,
        max_grad_norm=1.0,
        bf16=True,
        use_cpu=True,
        seed=recipe.seed,
        data_seed=recipe.seed,
        prompts={"question": "query: ", **passage},
        batch_sampler=in_order,
        eval_strategy="steps",
        eval_steps=measure_every,
        save_steps=measure_every,
        save_total_limit=2,
        logging_steps=20,
        report_to=[],
        disable_tqdm=True,
        dataloader_num_workers=0,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m index.train", description="Trains the adapter of the bundled model."
    )
    parser.add_argument("--output", type=Path, default=ADAPTER, help="folder for adapter, run.json and curves.png")
    parser.add_argument("--head", action="store_true", help="make only head and topics, for the adapter in that folder")
    parser.add_argument("--topics", action="store_true", help="write only the vectors of the topics, for that adapter")
    parser.add_argument("--resume", action="store_true", help="continue from the last checkpoint in that folder")
    for field in fields(Recipe):
        kind = type(field.default)
        parser.add_argument(
            f"--{field.name.replace('_', '-')}", type=kind, default=field.default, metavar=kind.__name__
        )
    options = vars(parser.parse_args(arguments))
    output, resume, head, topics = (options.pop(name) for name in ("output", "resume", "head", "topics"))
    recipe = replace(Recipe(), **options)
    if head or topics:
        if head:
            run = json.loads((output / "run.json").read_text(encoding="utf-8"))
            run["head"] = write_head(output, recipe)
            run["recipe"] |= {name: value for name, value in asdict(recipe).items() if name.startswith("head_")}
            write_run(output, run)
        write_topics(output)
        return 0
    train(recipe, output, resume)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
