"""sentence-transformers' trainer for an adapter: what is saved, resumed, shown and plotted."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from peft.utils.save_and_load import set_peft_model_state_dict
from safetensors.torch import load_file, save_file
from sentence_transformers import SentenceTransformerTrainer
from sentence_transformers.base.sampler import DefaultBatchSampler
from sentence_transformers.sentence_transformer.evaluation import SentenceEvaluator
from torch.utils.data import SequentialSampler
from transformers import TrainerCallback


class AdapterTrainer(SentenceTransformerTrainer):
    """Checkpoints hold the adapter alone; the base is a file of its own."""

    def __init__(self, adapted: Any, **options: Any) -> None:
        """`adapted` is peft's model inside the encoder."""
        super().__init__(**options)
        self._adapted = adapted

    def _save(self, output_dir: str | None = None, state_dict: Any = None) -> None:
        folder = Path(output_dir or str(self.args.output_dir))
        self._adapted.save_pretrained(folder)

    def _load_from_checkpoint(self, checkpoint_path: str, model: Any = None) -> None:
        set_peft_model_state_dict(self._adapted, load_file(Path(checkpoint_path, "adapter_model.safetensors")))


class ValidationEvaluator(SentenceEvaluator):
    """Calls `measure` and hands its figures to the trainer's log."""

    def __init__(self, measure: Callable[[], dict[str, float]]) -> None:
        super().__init__()
        self.primary_metric = "topics"
        self._measure = measure

    def __call__(
        self, model: Any, output_path: str | None = None, epoch: float = -1, steps: int = -1
    ) -> dict[str, float]:
        return self._measure()


class Progress(TrainerCallback):
    """One line a log interval: step, loss, time left."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._from = 0

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._started, self._from = time.monotonic(), state.global_step

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        done = state.global_step - self._from
        left = (time.monotonic() - self._started) / max(done, 1) * (state.max_steps - state.global_step)
        shown = {key: round(value, 4) for key, value in (logs or {}).items() if key in ("loss", "eval_topics")}
        if shown:
            print(f"step {state.global_step}/{state.max_steps} {shown}, {left / 60:.0f} minutes left", flush=True)


def in_order(dataset: Any, batch_size: int, drop_last: bool, **options: Any) -> DefaultBatchSampler:
    """Batches as the data lists them: they were composed so that no two rows are neighbours."""
    return DefaultBatchSampler(
        SequentialSampler(dataset),
        batch_size=batch_size,
        drop_last=drop_last,
        **{key: options[key] for key in ("valid_label_columns", "generator", "seed") if key in options},
    )


def save_adapter(model: Any, folder: Path, share: float) -> None:
    """The adapter in peft's two files, in half precision.

    `share` of the change takes effect: the average with the untrained weights.
    """
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)
    weights = folder / "adapter_model.safetensors"
    save_file({name: tensor.half().contiguous() for name, tensor in load_file(weights).items()}, weights)
    path = folder / "adapter_config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    config["lora_alpha"] *= share
    config["base_model_name_or_path"] = "intfloat/multilingual-e5-small"
    path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def plot(history: list[dict[str, Any]], untrained: float, path: Path) -> None:
    """Loss and validation figure by step, as a PNG."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 3.5))
    losses = [(entry["step"], entry["loss"]) for entry in history if "loss" in entry]
    precision = [(0, untrained)] + [(e["step"], e["eval_topics"]) for e in history if "eval_topics" in e]
    left.plot(*zip(*losses, strict=True))
    left.set(title="Training loss", xlabel="step")
    right.plot(*zip(*precision, strict=True), marker="o")
    right.set(title="Mean average precision, validation topics", xlabel="step")
    for axes in (left, right):
        axes.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    pyplot.close(figure)
