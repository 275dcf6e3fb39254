"""What hotcoco and faster-coco-eval say of detections: a JSON document a line.

    python detection-oracles.py CASES.json

CASES.json is a list of {"images": [{"truths": [[x, y, w, h, class, crowd, area]], "detections": [[x, y, w, h, class,
score]]}], "classes": number}.
"""
import contextlib
import io
import json
import sys
import tempfile

STATS = "map map50 map75 mapSmall mapMedium mapLarge ar1 ar10 ar100 arSmall arMedium arLarge".split()


def documents(images, classes):
    annotations, results = [], []
    for i, image in enumerate(images):
        for x, y, w, h, c, crowd, area in image["truths"]:
            annotations.append({"id": len(annotations) + 1, "image_id": i + 1, "category_id": c + 1,
                                "bbox": [x, y, w, h], "area": w * h if area is None else area, "iscrowd": crowd})
        for x, y, w, h, c, score in image["detections"]:
            results.append({"image_id": i + 1, "category_id": c + 1, "bbox": [x, y, w, h], "score": score})
    size = {"width": 1000, "height": 1000, "file_name": ""}
    truth = {"images": [{"id": i + 1, **size} for i in range(len(images))], "annotations": annotations,
             "categories": [{"id": c + 1, "name": str(c)} for c in range(classes)]}
    return truth, results


def stats_of(judge):
    judge.evaluate()
    judge.accumulate()
    judge.summarize()
    return [None if value == -1 else float(value) for value in list(judge.stats)[:12]]


def hotcoco(truth, results):
    import hotcoco as library
    with tempfile.TemporaryDirectory() as folder:
        for name, content in (("truth", truth), ("results", results)):
            with open(f"{folder}/{name}.json", "w", encoding="utf-8") as file:
                json.dump(content, file)
        own = library.COCO(f"{folder}/truth.json")
        return stats_of(library.COCOeval(own, own.load_res(f"{folder}/results.json"), "bbox"))


def faster_coco_eval(truth, results):
    from faster_coco_eval import COCO, COCOeval_faster
    own = COCO(truth)
    return stats_of(COCOeval_faster(own, own.loadRes(results), "bbox"))


for at, case in enumerate(json.load(open(sys.argv[1], encoding="utf-8"))):
    truth, results = documents(case["images"], case["classes"])
    for oracle in (hotcoco, faster_coco_eval):
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                found = {"stats": dict(zip(STATS, oracle(truth, results)))}
        except Exception as error:  # noqa: BLE001
            found = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps({"case": at, "oracle": oracle.__name__, **found}), flush=True)
