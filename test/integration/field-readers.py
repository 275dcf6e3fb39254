"""Reads exports of Twinhead with readers of the field. Prints a JSON line for each: reader, format, boxes by image."""

import json
import os
import re
import subprocess
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path

# Nothing is looked for elsewhere, or kept. With lxml, which others bring, labelformat's reader of XML fails.
scratch = tempfile.TemporaryDirectory()
os.environ.update(HF_HUB_OFFLINE="1", HF_HOME=scratch.name, FORCE_STD_XML="true")

exports, binaries = Path(sys.argv[1]), Path(sys.argv[2])
CLASSES = json.loads(sys.argv[3])


def tell(reader, form, images=None, error=None):
    said = {"reader": reader, "format": form}
    if error is not None:
        said["error"] = error
    else:
        said["images"] = {
            Path(name).name: sorted([label, *map(float, box)] for label, box in boxes)
            for name, boxes in images.items()
            if len(boxes) > 0
        }
    print(json.dumps(said))


def attempt(reader, form, read):
    try:
        with redirect_stdout(sys.stderr):
            found = read()
        tell(reader, form, found)
    except Exception as error:  # what a reader can't do is what this tells
        tell(reader, form, error=f"{type(error).__name__}: {error}"[:300])


def coco_file(path):
    top = json.loads(Path(path).read_text())
    names = {one["id"]: one["name"] for one in top["categories"]}
    images = {one["id"]: one["file_name"] for one in top["images"]}
    found = {name: [] for name in images.values()}
    for one in top["annotations"]:
        found[images[one["image_id"]]].append((names[one["category_id"]], one["bbox"]))
    return found


def panlabel(form, source):
    out = exports / f"{form}.panlabel.json"
    command = [binaries / "panlabel", "convert", "-f", form, "-t", "coco", "-i", exports / source, "-o", out]
    ran = subprocess.run([*map(str, command), "--allow-lossy"], capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        raise RuntimeError(ran.stderr.strip()[:250] or ran.stdout.strip()[:250])
    return coco_file(out)


def pycocotools():
    from pycocotools.coco import COCO

    coco = COCO(str(exports / "coco/annotations/instances_train.json"))
    found = {}
    for image in coco.loadImgs(coco.getImgIds()):
        boxes = coco.loadAnns(coco.getAnnIds(imgIds=image["id"]))
        found[image["file_name"]] = [(coco.cats[one["category_id"]]["name"], one["bbox"]) for one in boxes]
    return found


def supervision(form):
    import supervision as sv

    root = exports / form
    read = {
        "coco": lambda: sv.DetectionDataset.from_coco(
            str(root / "train"), str(root / "annotations/instances_train.json")
        ),
        "yolo": lambda: sv.DetectionDataset.from_yolo(
            str(root / "images/train"), str(root / "labels/train"), str(root / "data.yaml")
        ),
        "createml": lambda: sv.DetectionDataset.from_createml(
            str(root / "train"), str(root / "train/_annotations.createml.json")
        ),
        "voc": lambda: sv.DetectionDataset.from_pascal_voc(str(root / "JPEGImages"), str(root / "Annotations")),
        "labelme": lambda: sv.DetectionDataset.from_labelme(str(root / "train"), str(root / "train")),
    }[form]()
    return {
        name: [
            (read.classes[label], [x1, y1, x2 - x1, y2 - y1])
            for (x1, y1, x2, y2), label in zip(found.xyxy.tolist(), found.class_id.tolist())
        ]
        for name, found in read.annotations.items()
    }


def globox(form):
    from globox import AnnotationSet

    root = exports / form
    read = {
        "coco": lambda: AnnotationSet.from_coco(root / "annotations/instances_train.json"),
        "voc": lambda: AnnotationSet.from_pascal_voc(root / "Annotations"),
        "cvat": lambda: AnnotationSet.from_cvat(root / "annotations.xml"),
        "labelme": lambda: AnnotationSet.from_labelme(root / "train"),
        "yolo": lambda: AnnotationSet.from_yolo_v5(root / "labels/train", image_folder=root / "images/train"),
    }[form]()
    return {
        one.image_id: [
            (CLASSES[int(box.label)] if form == "yolo" else box.label, [box.xmin, box.ymin, box.width, box.height])
            for box in one.boxes
        ]
        for one in read
    }


def labelformat(form):
    from labelformat.formats.cvat import CVATObjectDetectionInput
    from labelformat.formats.kitti import KittiObjectDetectionInput
    from labelformat.formats.pascalvoc import PascalVOCObjectDetectionInput

    root, names = exports / form, ",".join(CLASSES)
    if form == "cvat":
        read = CVATObjectDetectionInput(input_file=root / "annotations.xml")
    elif form == "voc":
        read = PascalVOCObjectDetectionInput(input_folder=root / "Annotations", category_names=names)
    else:
        read = KittiObjectDetectionInput(
            input_folder=root / "label_2", category_names=names, images_rel_path="../image_2"
        )
    found = {}
    for one in read.get_labels():
        boxes = [(thing.category.name, thing.box) for thing in one.objects]
        found[one.image.filename] = [
            (name, [box.xmin, box.ymin, box.xmax - box.xmin, box.ymax - box.ymin]) for name, box in boxes
        ]
    return found


def pyarrow():
    from pyarrow import parquet

    found = {}
    for row in parquet.read_table(exports / "parquet/data/train-00000-of-00001.parquet").to_pylist():
        if not row["image"]["bytes"].startswith(b"\xff\xd8"):
            raise ValueError("no picture in the row of " + row["image"]["path"])
        boxes = row["objects"]
        found[row["image"]["path"]] = list(zip(boxes["categories"], boxes["bbox"]))
    return found


def webdataset():
    import webdataset

    found = {}
    shards = str(exports / "webdataset/train-000000.tar")
    for sample in webdataset.WebDataset(shards, shardshuffle=False).decode("pil"):
        said = sample["json"]
        if sample["jpg"].size != (said["width"], said["height"]):
            raise ValueError("another picture beside " + said["file_name"])
        found[said["file_name"]] = [(one["class"], one["bbox"]) for one in said["objects"]]
    return found


def label_studio():
    from label_studio_sdk.converter import Converter

    root = exports / "label-studio"
    with tempfile.TemporaryDirectory() as out:
        converter = Converter(str(root / "label_config.xml"), str(root), download_resources=False)
        converter.convert_to_coco(str(root / "tasks.json"), out, is_dir=False)
        found = coco_file(Path(out) / "result.json")
    # It puts a part of a hash before the names.
    return {re.sub(r"^[0-9a-f]{8}__", "", Path(name).name): boxes for name, boxes in found.items()}


def datumaro():
    from datumaro import Dataset
    from datumaro.components.annotation import AnnotationType

    read = Dataset.import_from(str(exports / "datumaro"), "datumaro")
    labels = read.categories()[AnnotationType.label]
    return {
        f"{item.id}.jpg": [(labels[one.label].name, one.get_bbox()) for one in item.annotations] for item in read
    }


def datasets(form):
    from datasets import Image, load_dataset

    if form == "imagefolder":
        read = load_dataset("imagefolder", data_dir=str(exports / form), split="train")
    else:
        files = {"parquet": "data/*.parquet", "webdataset": "*.tar"}[form]
        read = load_dataset(form, data_files=str(exports / form / files), split="train")
    column = "jpg" if form == "webdataset" else "image"
    for row in read:
        said = row["json"] if form == "webdataset" else row
        if row[column].size != (said["width"], said["height"]):
            raise ValueError("another picture in a row")
    found = {}
    for row in read.cast_column(column, Image(decode=False)):
        if form == "webdataset":
            said = row["json"]
            found[said["file_name"]] = [(one["class"], one["bbox"]) for one in said["objects"]]
        else:
            boxes = row["objects"]
            found[row["image"]["path"]] = list(zip(boxes["categories"], boxes["bbox"]))
    return found


def tfrecord():
    from tfrecord.reader import tfrecord_loader

    found = {}
    for row in tfrecord_loader(str(exports / "tfrecord/train.tfrecord"), None):
        width, height = int(row["image/width"][0]), int(row["image/height"][0])
        sides = [row[f"image/object/bbox/{side}"] for side in ["xmin", "ymin", "xmax", "ymax"]]
        found[row["image/filename"].decode()] = [
            (name.decode(), [x1 * width, y1 * height, (x2 - x1) * width, (y2 - y1) * height])
            for name, x1, y1, x2, y2 in zip(row["image/object/class/text"], *sides)
        ]
    return found


def polars(form):
    import polars

    if form == "parquet":
        rows = polars.read_parquet(exports / "parquet/data/train-00000-of-00001.parquet").to_dicts()
        return {
            row["image"]["path"]: list(zip(row["objects"]["categories"], row["objects"]["bbox"])) for row in rows
        }
    file = next((exports / "ndjson").glob("*.ndjson"))
    [top, *images] = polars.read_ndjson(file, infer_schema_length=None).to_dicts()
    return {row["file"]: ultralytics_boxes(row, top["class_names"]) for row in images}


def ultralytics_boxes(row, names):
    """Classes by number, centres and sizes as shares of the image."""
    wide, high = row["width"], row["height"]
    return [
        (names[str(int(label))], [(x - w / 2) * wide, (y - h / 2) * high, w * wide, h * high])
        for label, x, y, w, h in row["annotations"]["boxes"]
    ]


def pandas(form):
    import pandas

    if form == "csv":
        rows = pandas.read_csv(exports / "csv/train_labels.csv", float_precision="round_trip")
        found = {}
        for row in rows.itertuples():
            box = [row.xmin, row.ymin, row.xmax - row.xmin, row.ymax - row.ymin]
            found.setdefault(row.filename, []).append((rows.loc[row.Index, "class"], box))
        return found
    rows = pandas.read_json(next((exports / "ndjson").glob("*.ndjson")), lines=True, precise_float=True)
    names = rows.iloc[0]["class_names"]
    found = {}
    for row in rows[rows["type"] == "image"].to_dict("records"):
        found[row["file"]] = ultralytics_boxes(row, names)
    return found


SOURCES = {
    "coco": "coco/annotations/instances_train.json",
    "yolo": "yolo",
    "voc": "voc",
    "labelme": "labelme/train",
    "cvat": "cvat/annotations.xml",
    "label-studio": "label-studio/tasks.json",
    "datumaro": "datumaro/annotations/train.json",
    "create-ml": "createml/train/_annotations.createml.json",
    "kitti": "kitti",
    "hf": "imagefolder/train",
    "tfrecord": "tfrecord/train.tfrecord",
    # The columns of the TensorFlow tutorials, in pixels: what it calls "tfod" takes fractions of the image.
    "udacity": "csv/train_labels.csv",
}
OURS = {"create-ml": "createml", "hf": "imagefolder", "udacity": "csv"}
for form, source in SOURCES.items():
    attempt("panlabel", OURS.get(form, form), lambda form=form, source=source: panlabel(form, source))
attempt("pycocotools", "coco", pycocotools)
for form in ["coco", "yolo", "createml", "voc", "labelme"]:
    attempt("supervision", form, lambda form=form: supervision(form))
for form in ["coco", "voc", "cvat", "labelme", "yolo"]:
    attempt("globox", form, lambda form=form: globox(form))
for form in ["cvat", "kitti", "voc"]:
    attempt("labelformat", form, lambda form=form: labelformat(form))
attempt("label-studio-sdk", "label-studio", label_studio)
attempt("datumaro", "datumaro", datumaro)
for form in ["imagefolder", "parquet", "webdataset"]:
    attempt("datasets", form, lambda form=form: datasets(form))
attempt("tfrecord", "tfrecord", tfrecord)
for form in ["parquet", "ndjson"]:
    attempt("polars", form, lambda form=form: polars(form))
attempt("pyarrow", "parquet", pyarrow)
attempt("webdataset", "webdataset", webdataset)
for form in ["csv", "ndjson"]:
    attempt("pandas", form, lambda form=form: pandas(form))
