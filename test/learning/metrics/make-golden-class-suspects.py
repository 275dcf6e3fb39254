"""Writes golden-class-suspects.jsonl beside itself: which labels cleanlab suspects, one case a line.

    python3 -m venv venv && venv/bin/pip install cleanlab==2.9.0
    venv/bin/python test/learning/metrics/make-golden-class-suspects.py
"""
import json
import pathlib

import numpy as np
from cleanlab.filter import find_label_issues

HERE = pathlib.Path(__file__).parent


def case(name, classes, examples, wrong, spread, seed):
    """Labels of which a share is wrong, and probabilities that know the truth more or less."""
    random = np.random.default_rng(seed)
    truths = random.integers(classes, size=examples)
    labels = np.where(random.random(examples) < wrong, random.integers(classes, size=examples), truths)
    logits = random.normal(0, spread, (examples, classes))
    logits[np.arange(examples), truths] += 3
    exponentials = np.exp(logits)
    probabilities = np.round(exponentials / exponentials.sum(axis=1, keepdims=True), 6)
    suspects = find_label_issues(
        labels,
        probabilities,
        filter_by="confident_learning",
        return_indices_ranked_by="self_confidence",
        n_jobs=1,
    )
    return {
        "name": name,
        "labels": labels.tolist(),
        "probabilities": probabilities.tolist(),
        "suspects": suspects.tolist(),
    }


CASES = [
    case("two classes, a tenth wrong", 2, 60, 0.1, 1.0, 1),
    case("five classes, a fifth wrong", 5, 100, 0.2, 1.0, 2),
    case("an unsure network", 4, 80, 0.1, 2.5, 3),
]
(HERE / "golden-class-suspects.jsonl").write_text("".join(json.dumps(one) + "\n" for one in CASES))
