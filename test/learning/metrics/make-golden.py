"""Writes golden-detection.jsonl and golden-classification.jsonl beside itself: what pycocotools and scikit-learn say,
one case a line.

    python3 -m venv venv && venv/bin/pip install pycocotools==2.0.11 scikit-learn==1.9.1 numpy==2.4.6
    venv/bin/python test/learning/metrics/make-golden.py
"""
import contextlib
import io
import json
import pathlib
import warnings

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from sklearn import metrics

HERE = pathlib.Path(__file__).parent
STATS = "map map50 map75 mapSmall mapMedium mapLarge ar1 ar10 ar100 arSmall arMedium arLarge".split()


def or_none(value):
    return None if value == -1 else float(value)


def coco_scores(images, classes):
    """images: [{truths: [[x, y, w, h, class, crowd, area]], detections: [[x, y, w, h, class, score]]}]."""
    annotations, results = [], []
    for i, image in enumerate(images):
        for x, y, w, h, c, crowd, area in image["truths"]:
            annotations.append({"id": len(annotations) + 1, "image_id": i + 1, "category_id": c + 1,
                                "bbox": [x, y, w, h], "area": w * h if area is None else area, "iscrowd": crowd})
        for x, y, w, h, c, score in image["detections"]:
            results.append({"image_id": i + 1, "category_id": c + 1, "bbox": [x, y, w, h], "score": score})
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = {"images": [{"id": i + 1} for i in range(len(images))], "annotations": annotations,
                         "categories": [{"id": c + 1, "name": str(c)} for c in range(classes)]}
        truth.createIndex()
        judge = COCOeval(truth, truth.loadRes(results), "bbox")
        judge.evaluate()
        judge.accumulate()
        judge.summarize()
    precision = judge.eval["precision"][:, :, :, 0, 2]
    mean = lambda p: or_none(p[p > -1].mean() if (p > -1).any() else -1)
    per_class = [{"ap": mean(precision[:, :, c]), "ap50": mean(precision[0, :, c]), "ap75": mean(precision[5, :, c])}
                 for c in range(classes)]
    return {**{name: or_none(value) for name, value in zip(STATS, judge.stats)}, "perClass": per_class}


def scene(rng, classes, truths, extra, side=300, crowd=0.0, areas=False, digits=2, absent=()):
    """A picture: true boxes, a found box near most of them, and some where nothing is."""
    kinds = [c for c in range(classes) if c not in absent]
    found, real = [], []
    for _ in range(truths):
        w, h = np.exp(rng.uniform(np.log(8), np.log(180), 2)).round(1)
        x, y = rng.uniform(0, side, 2).round(1)
        c = int(rng.choice(kinds))
        area = round(float(w * h * rng.uniform(0.4, 1)), 1) if areas and rng.random() < 0.5 else None
        real.append([float(x), float(y), float(w), float(h), c, int(rng.random() < crowd), area])
        for _ in range(rng.integers(0, 4)):
            jitter = rng.normal(0, 0.08, 4)
            if rng.random() < 0.15:
                jitter[:] = 0
            box = [float(np.round(v, 1)) for v in (x + jitter[0] * w, y + jitter[1] * h,
                                                  w * (1 + jitter[2]), h * (1 + jitter[3]))]
            kind = c if rng.random() < 0.85 else int(rng.integers(classes))
            found.append([*box, kind, round(float(rng.beta(4, 2)), digits)])
    for _ in range(extra):
        w, h = rng.uniform(6, 120, 2).round(1)
        x, y = rng.uniform(0, side, 2).round(1)
        found.append([float(x), float(y), float(w), float(h), int(rng.integers(classes)),
                      round(float(rng.beta(2, 4)), digits)])
    rng.shuffle(found)
    return {"truths": real, "detections": [[*f[:4], int(f[4]), f[5]] for f in found]}


def detection_cases():
    rng = np.random.default_rng(20260101)
    empty = {"truths": [], "detections": []}
    yield "several classes and sizes", 4, [scene(rng, 4, 6, 4) for _ in range(12)]
    yield "many equal scores", 3, [scene(rng, 3, 6, 4, digits=1) for _ in range(12)]
    yield "crowds", 3, [scene(rng, 3, 7, 4, crowd=0.3) for _ in range(12)]
    yield "areas that differ from the boxes", 2, [scene(rng, 2, 7, 3, areas=True, crowd=0.1) for _ in range(12)]
    yield "classes without a box, images without anything", 5, [
        empty, scene(rng, 5, 4, 5, absent=(1, 3)), empty, scene(rng, 5, 0, 6), scene(rng, 5, 3, 0, absent=(1, 3)), empty]
    yield "more than 100 detections of a class on an image", 1, [scene(rng, 1, 90, 90, digits=2) for _ in range(2)]
    yield "only crowds of one class", 2, [
        {"truths": [[10, 10, 100, 100, 0, 1, None], [200, 10, 50, 50, 1, 0, None]],
         "detections": [[10, 10, 40, 40, 0, 0.9], [200, 12, 50, 50, 1, 0.8], [20, 20, 60, 60, 0, 0.7]]}]
    yield "sizes on the borders of the ranges", 1, [
        {"truths": [[0, 0, 32, 32, 0, 0, None], [100, 0, 96, 96, 0, 0, None], [300, 0, 32, 33, 0, 0, None]],
         "detections": [[0, 0, 32, 32, 0, 0.9], [100, 0, 96, 96, 0, 0.8], [300, 0, 32, 32, 0, 0.7],
                        [500, 0, 96, 96, 0, 0.75], [500, 200, 32, 32, 0, 0.95]]}]
    yield "a detection that lies better in a crowd than on its box", 1, [
        {"truths": [[0, 0, 200, 200, 0, 1, None], [50, 50, 40, 40, 0, 0, None]],
         "detections": [[50, 50, 40, 30, 0, 0.9], [60, 50, 40, 40, 0, 0.8]]}]
    yield "a detection half way between two boxes", 1, [
        {"truths": [[0, 0, 40, 40, 0, 0, None], [16, 0, 40, 40, 0, 0, None]],
         "detections": [[8, 0, 40, 40, 0, 0.9], [16, 0, 40, 40, 0, 0.8]]}]
    yield "nothing found", 2, [{"truths": [[0, 0, 40, 40, 0, 0, None]], "detections": []},
                               {"truths": [], "detections": [[0, 0, 40, 40, 1, 0.5]]}]


def calibration_error(confidences, correct, bins=15):
    total = 0.0
    for b in range(bins):
        inside = (confidences > b / bins) & (confidences <= (b + 1) / bins)
        if inside.any():
            total += inside.mean() * abs(correct[inside].mean() - confidences[inside].mean())
    return total


def classification_cases():
    rng = np.random.default_rng(7)
    for name, classes, images, kinds, sharpness in [
        ("four classes", 4, 120, (0, 1, 2, 3), 1.5),
        ("a class that only predictions have, and one that nothing has", 5, 60, (0, 1, 2), 1.0),
        ("one class only", 3, 10, (1,), 2.0),
        ("all right", 3, 12, (0, 1, 2), 60.0),
    ]:
        truths = rng.choice(kinds, images)
        logits = rng.normal(0, 1, (images, classes))
        logits[np.arange(images), truths] += sharpness
        if classes == 5:
            logits[:, 4] = -20
        scores = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
        scores = scores.round(4)
        predictions = scores.argmax(1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            balanced = metrics.balanced_accuracy_score(truths, predictions)
        macro = metrics.precision_recall_fscore_support(truths, predictions, average="macro", zero_division=0)
        labels = list(range(classes))
        each = metrics.precision_recall_fscore_support(truths, predictions, labels=labels, zero_division=0)
        yield {
            "name": name, "truths": truths.tolist(), "scores": scores.tolist(),
            "expected": {
                "accuracy": metrics.accuracy_score(truths, predictions), "balancedAccuracy": balanced,
                "macroPrecision": macro[0], "macroRecall": macro[1], "macroF1": macro[2],
                "perClass": [dict(zip(("precision", "recall", "f1", "support"), map(float, row))) for row in zip(*each)],
                "confusion": metrics.confusion_matrix(truths, predictions, labels=labels).tolist(),
                "calibrationError": calibration_error(scores.max(1), predictions == truths),
            },
        }


def write(name, cases):
    (HERE / name).write_text("".join(json.dumps(case, separators=(",", ":")) + "\n" for case in cases))


write("golden-detection.jsonl", [{"name": name, "classes": classes, "images": images, "expected": coco_scores(images, classes)}
                                for name, classes, images in detection_cases()])
write("golden-classification.jsonl", list(classification_cases()))
