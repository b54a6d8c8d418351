"""The training data, how batches are composed, what is measured, and that an adapter survives being written."""

from __future__ import annotations

import copy
import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.training import data, evaluate, variety
from index.words import fold

pytest.importorskip("torch")
TRAINING, VALIDATION = data.read_topics()


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def neighbours() -> data.Neighbours:
    """Of the first 40 topics, with random vectors: who is near whom does not matter here, only that it is kept to."""
    random_numbers = np.random.default_rng(1)
    topics = TRAINING[:40]
    return data.find_neighbours(
        [unit(random_numbers.normal(size=(len(t.questions), 8))) for t in topics],
        [unit(random_numbers.normal(size=(len(t.positives), 8))) for t in topics],
        closest=3,
        mined=5,
    )


def test_at_least_500_topics_of_which_a_tenth_is_held_back() -> None:
    assert len(TRAINING) + len(VALIDATION) >= 500
    assert 0.08 <= len(VALIDATION) / (len(TRAINING) + len(VALIDATION)) <= 0.12
    held_back = data.VALIDATION.read_text(encoding="utf-8").split("\n")[:-1]
    assert {topic.id for topic in VALIDATION} == set(held_back)


@pytest.mark.parametrize("topic", TRAINING + VALIDATION, ids=lambda topic: topic.id)
def test_a_topic_has_questions_answers_and_near_misses(topic: data.Topic) -> None:
    assert len(topic.questions) >= 3 and len(topic.positives) >= 2 and topic.near
    for entry in (*topic.positives, *topic.near):
        assert entry["text"].strip() and set(entry) <= {"text", "town", "section", "heading"}
    keys = [(p["text"], p.get("section"), p.get("heading"), p.get("town")) for p in (*topic.positives, *topic.near)]
    assert len(set(keys)) == len(keys)


def test_no_question_of_the_question_set_is_trained_on() -> None:
    import yaml

    file = Path(__file__).parents[2] / "eval" / "questions.yaml"
    asked = {fold(case["question"]).strip(" ?.") for case in yaml.safe_load(file.read_text("utf-8"))["questions"]}
    trained = {fold(question).strip(" ?.") for topic in TRAINING + VALIDATION for question in topic.questions}
    worlds = [json.loads(path.read_text(encoding="utf-8")) for path in data.WORLDS.glob("*.json")]
    trained |= {fold(entry["question"]).strip(" ?.") for world in worlds for entry in world["questions"]}
    assert not asked & trained


def test_a_batch_never_holds_neighbours(neighbours: data.Neighbours) -> None:
    topics = TRAINING[:40]
    owner = {fold(q): number for number, topic in enumerate(topics) for q in (*topic.questions, topic.name)}
    for rows in data.batches(topics, neighbours, size=8, steps=60, seed=3):
        numbers = [owner[fold(row.question)] for row in rows]
        assert numbers[::2] == numbers[1::2]
        for place, number in enumerate(numbers[::2]):
            others = numbers[::2][:place] + numbers[::2][place + 1 :]
            assert not neighbours.close[number][others].any()


@pytest.fixture(autouse=True)
def no_variety(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of the texts as they are, so that a test can tell whose they are."""
    if "neighbours" in request.fixturenames:
        monkeypatch.setattr(data, "vary_question", lambda topic, chance: chance.choice(topic.questions))
        monkeypatch.setattr(data, "vary_passage", lambda passage, chance, context_matters: passage)


def test_a_topics_passages_answer_both_its_questions_and_what_misleads_is_of_topics_far_away(
    neighbours: data.Neighbours,
) -> None:
    topics = TRAINING[:40]
    by_question = {question: number for number, topic in enumerate(topics) for question in topic.questions}
    texts = [{data.text_of(p) for p in topic.positives} for topic in topics]
    mined = 0
    for rows in data.batches(topics, neighbours, size=4, steps=60, seed=3):
        passages = [row.first for row in rows] + [row.second for row in rows]
        chosen = {by_question[row.question] for row in rows}
        for row in rows:
            number = by_question[row.question]
            assert [bool(label) for label in row.label] == [passage in texts[number] for passage in passages]
            assert sum(row.label) >= 2
        near = {data.text_of(p) for number in chosen for p in topics[number].near}
        for passage in passages:
            if passage not in near and not any(passage in texts[number] for number in chosen):
                mined += 1
                owners = [o for o in range(40) if passage in texts[o]]
                assert any(not neighbours.close[number][owner] for number in chosen for owner in owners)
    assert mined > 10


def test_batches_are_the_same_for_the_same_seed_only(neighbours: data.Neighbours) -> None:
    first, again, other = (list(data.batches(TRAINING[:40], neighbours, 8, 5, seed)) for seed in (1, 1, 2))
    assert first == again != other


def test_every_topic_comes_once_before_any_comes_again(neighbours: data.Neighbours) -> None:
    owner = {question: number for number, topic in enumerate(TRAINING[:40]) for question in topic.questions}
    seen = [owner[row.question] for rows in data.batches(TRAINING[:40], neighbours, 4, 20, 5) for row in rows[::2]]
    assert max(seen.count(number) for number in range(40)) <= 2


def test_too_few_topics_for_a_batch_are_named(neighbours: data.Neighbours) -> None:
    with pytest.raises(ValueError, match="40"):
        list(data.batches(TRAINING[:40], neighbours, size=80, steps=1, seed=1))


def small_world(name: str = "w") -> data.World:
    passages = {f"p{n}": {"text": f"Text {n}.", "town": None, "section": None, "heading": None} for n in range(12)}
    ids = list(passages)
    questions = [data.Asked(f"Fråga {n}?", frozenset({ids[n], ids[n + 1]}), frozenset({ids[n + 2]})) for n in range(5)]
    return data.World(name, passages, tuple(questions))


@pytest.fixture
def as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "vary_wording", lambda question, chance: question)
    monkeypatch.setattr(data, "vary_passage", lambda passage, chance, context_matters: passage)


@pytest.mark.usefixtures("as_they_are")
def test_a_worlds_batch_tells_of_every_passage_whether_it_answers() -> None:
    world = small_world()
    ids = {data.text_of(entry): number for number, entry in world.passages.items()}
    by_question = {asked.question: asked for asked in world.questions}
    for rows in data.world_batches([world], size=4, steps=10, seed=1):
        columns = [ids[row.first] for row in rows] + [ids[row.second] for row in rows]
        assert len(set(columns)) == 8
        for row in rows:
            asked = by_question[row.question]
            expected = [1 if n in asked.answers else -1 if n in asked.also else 0 for n in columns]
            assert list(row.label) == expected and 1 in expected and 0 in expected


@pytest.mark.usefixtures("as_they_are")
def test_every_world_and_every_question_of_it_comes_in_its_turn() -> None:
    batches = list(data.world_batches([small_world("a"), small_world("b")], size=5, steps=6, seed=1))
    assert all(len({row.question for row in rows}) == 5 for rows in batches)


def test_batches_of_topics_and_worlds_are_mixed_evenly() -> None:
    topics, worlds = iter([["t"]] * 9), iter([["w"]] * 9)
    assert [rows[0] for rows in data.mixed(topics, worlds, 0.75, 8)] == list("twwwtwww")  # type: ignore[arg-type,comparison-overlap]
    assert [rows[0] for rows in data.mixed(iter([["t"]] * 3), iter([]), 0.0, 3)] == list("ttt")  # type: ignore[arg-type,comparison-overlap]


def test_with_one_answer_each_the_loss_is_cross_entropy() -> None:
    import torch

    from index.training.loss import answers_first

    scores = torch.randn(3, 6, generator=torch.Generator().manual_seed(1))
    expected = torch.nn.functional.cross_entropy(scores, torch.arange(3))
    torch.testing.assert_close(answers_first(scores, torch.eye(3, 6, dtype=torch.long)), expected)


def test_texts_of_like_length_share_a_pass_and_come_back_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    from index.training import loss

    widths = []

    def model(features: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        widths.append(features["input_ids"].shape[1])
        return {"sentence_embedding": (features["input_ids"] * features["attention_mask"]).sum(1, keepdim=True).float()}

    monkeypatch.setattr(loss, "TOGETHER", 2)
    mask = torch.tensor([[1, 1, 1, 1], [1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0]])
    ids = torch.tensor([[1, 1, 1, 1], [10, 0, 0, 0], [20, 5, 0, 0], [7, 7, 7, 0]])
    vectors = loss.AnswersFirstLoss(model, 1.0)._vectors({"input_ids": ids, "attention_mask": mask})
    assert vectors[:, 0].tolist() == [4, 10, 25, 21] and widths == [2, 4]


def test_answers_do_not_compete_with_one_another_nor_with_what_is_undecided() -> None:
    import torch

    from index.training.loss import answers_first

    labels = torch.tensor([[1, 1, -1, 0]])
    found = answers_first(torch.tensor([[2.0, 1.0, 9.0, 0.0]]), labels)
    expected = [np.log(np.exp(s) + 1) - s for s in (2.0, 1.0)]
    assert float(found) == pytest.approx(np.mean(expected), abs=1e-6)
    assert float(answers_first(torch.tensor([[2.0, 5.0, 9.0, 0.0]]), labels)) < float(found)


def test_neighbours_are_mutual_and_include_the_topic_itself(neighbours: data.Neighbours) -> None:
    assert (neighbours.close == neighbours.close.T).all() and neighbours.close.diagonal().all()
    for number, found in enumerate(neighbours.mined):
        assert len(found) == 5 and not any(neighbours.close[number][owner] for owner, _ in found)


def test_variety_keeps_the_statement_and_where_it_matters_its_context() -> None:
    entry = {"text": "Ja, i maj.", "town": "Hjo", "section": "3. Har ni loppis?", "heading": "LOPPIS"}
    chance, sections = random.Random(2), set()
    for _ in range(200):
        varied = variety.vary_passage(entry, chance, context_matters=True)
        assert varied["section"] == entry["section"] and varied["heading"].upper() == "LOPPIS"
        sections.add(variety.vary_passage(entry, chance, context_matters=False)["section"])
    assert None in sections and entry["section"] in sections and len(sections) > 5
    assert entry == {"text": "Ja, i maj.", "town": "Hjo", "section": "3. Har ni loppis?", "heading": "LOPPIS"}


def test_a_varied_question_stays_readable() -> None:
    topic, chance = TRAINING[0], random.Random(4)
    known = [*topic.questions, *(frame.format(topic.name) for frame in variety.FRAMES)]
    for _ in range(300):
        asked = fold(variety.vary_question(topic, chance)).strip(" ?.")
        assert min(_edits(asked, fold(question).strip(" ?.")) for question in known) <= 2


def _edits(one: str, other: str) -> int:
    from index.words import distance

    return distance(one, other, 3)


@pytest.mark.parametrize(
    "scores, relevant, expected",
    [([3, 2, 1], [1, 0, 0], 1), ([3, 2, 1], [0, 0, 1], 1 / 3), ([4, 3, 2, 1], [1, 0, 1, 0], (1 + 2 / 3) / 2)],
)
def test_average_precision_is_the_textbooks(scores: list[float], relevant: list[int], expected: float) -> None:
    found = evaluate.average_precision(np.array(scores, np.float32), np.array(relevant, bool))
    assert found == pytest.approx(expected)


def test_average_precision_of_nothing_relevant_does_not_apply() -> None:
    assert np.isnan(evaluate.average_precision(np.ones(3, np.float32), np.zeros(3, bool)))


@pytest.mark.parametrize("share", [1.0, 0.5])
def test_a_saved_adapter_merges_to_the_weights_that_were_trained(tmp_path: Path, share: float) -> None:
    peft = pytest.importorskip("peft", reason="training packages are not installed (requirements-training.txt)")
    import torch
    from transformers import BertConfig, BertModel

    from index.bundled import merge_adapter
    from index.train import TARGETS
    from index.training.trainer import save_adapter

    torch.manual_seed(0)
    config = BertConfig(vocab_size=20, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32)
    base = BertModel(config, add_pooling_layer=False).eval()
    lora = peft.LoraConfig(r=2, lora_alpha=4, target_modules=list(TARGETS), init_lora_weights=False)
    trained = peft.get_peft_model(copy.deepcopy(base), lora)
    save_adapter(trained, tmp_path, share)
    merged = copy.deepcopy(base)
    merge_adapter(merged, tmp_path)
    whole = trained.merge_and_unload().state_dict()
    for name, weights in base.state_dict().items():
        expected = weights + share * (whole[name] - weights)
        torch.testing.assert_close(merged.state_dict()[name], expected, atol=2e-3, rtol=1e-2)
    changed = merged.encoder.layer[0].attention.self.query.weight - base.encoder.layer[0].attention.self.query.weight
    assert changed.abs().max() > 0.1


@pytest.mark.model
def test_training_can_be_resumed_and_writes_figures_and_curves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("peft", reason="training packages are not installed (requirements-training.txt)")
    from index import train

    monkeypatch.setattr(data, "read_topics", lambda: (TRAINING[:8], VALIDATION[:2]))
    monkeypatch.setattr(data, "read_worlds", lambda: [small_world()])
    monkeypatch.setattr(evaluate, "measure_faq", lambda encoder: None)
    recipe = train.Recipe(steps=2, batch=2, rank=2, first_layer=11, closest=1, mined=3, words=0)
    train.train(recipe, tmp_path, measure_every=1)
    assert (tmp_path / "checkpoints" / "checkpoint-2").is_dir()
    run = train.train(replace(recipe, steps=3), tmp_path, resume=True, measure_every=1)
    assert [entry["step"] for entry in run["history"] if "eval_topics" in entry] == [1, 2, 3]
    assert json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))["topics"] == {"training": 8, "validation": 2}
    assert run["worlds"] == {"training": 1, "questions": 5}
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")
    assert 0 < run["trained"]["topics"] <= 1
