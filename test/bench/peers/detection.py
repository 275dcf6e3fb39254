"""Times pycocotools on the truths.json and detections.json of a folder; prints one JSON line."""
import contextlib
import json
import os
import sys
import time

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

folder = sys.argv[1]
with contextlib.redirect_stdout(sys.stderr):
    truth = COCO(os.path.join(folder, "truths.json"))
    judge = COCOeval(truth, truth.loadRes(os.path.join(folder, "detections.json")), "bbox")
    started = time.perf_counter()
    judge.evaluate()
    judge.accumulate()
    judge.summarize()
    milliseconds = (time.perf_counter() - started) * 1e3
print(json.dumps({"milliseconds": milliseconds, "map": judge.stats[0]}))
