"""Runs the network of this folder on sample.safetensors. Only NumPy is needed. Or from another script: from run import run."""
import json
import pathlib

import numpy as np

FOLDER = pathlib.Path(__file__).resolve().parent


def load(name):
    data = (FOLDER / name).read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    parts = {key: (one["shape"], *one["data_offsets"]) for key, one in header.items() if key != "__metadata__"}
    return {key: np.frombuffer(data[start + a : start + b], "<f4").reshape(shape) for key, (shape, a, b) in parts.items()}


def windows(x, size, strides, padding=((0, 0), (0, 0))):  # [batch, height, width, channels, *size]
    x = np.pad(x, ((0, 0), *padding, (0, 0)))
    return np.lib.stride_tricks.sliding_window_view(x, size, (1, 2))[:, :: strides[0], :: strides[1]]


def conv2d(x, kernel, strides, padding):  # kernel: [height, width, inputs, outputs]
    return np.tensordot(windows(x, kernel.shape[:2], strides, padding), kernel, ((4, 5, 3), (0, 1, 2)))


def depthwise_conv2d(x, kernel, strides, padding):  # kernel: [height, width, channels, multiplier]
    y = np.einsum("nyxchw,hwcm->nyxcm", windows(x, kernel.shape[:2], strides, padding), kernel, optimize=True)
    return y.reshape(*y.shape[:3], -1)


def resize_nearest(x, size):
    rows, columns = (np.arange(to) * side // to for to, side in zip(size, x.shape[1:3]))
    return x[:, rows][:, :, columns]


def softmax(x):
    y = np.exp(x - x.max(-1, keepdims=True))
    return y / y.sum(-1, keepdims=True)


OPERATIONS = {
    **{name: getattr(np, name) for name in "add subtract multiply divide minimum maximum exp log1p matmul".split()},
    **{"conv2d": conv2d, "depthwise_conv2d": depthwise_conv2d, "resize_nearest": resize_nearest, "softmax": softmax},
    "average_pool2d": lambda x, window, strides: windows(x, window, strides).mean((4, 5)),
    "relu": lambda x: np.maximum(x, 0),
    "relu6": lambda x: np.clip(x, 0, 6),
    "selu": lambda x: 1.05070098735548 * np.where(x > 0, x, 1.67326324235438 * np.expm1(np.minimum(x, 0))),
    "sigmoid": lambda x: np.exp(-np.logaddexp(0, -x)),
    "reshape": lambda x, shape: x.reshape(shape),
    "transpose": lambda x, axes: x.transpose(axes),
    "concatenate": lambda *parts, axis: np.concatenate(parts, axis),
    "split": lambda x, sizes, axis: np.split(x, np.cumsum(sizes)[:-1], axis),
    "mean": lambda x, axes: x.mean(tuple(axes)),
    "sum": lambda x, axes: x.sum(tuple(axes)),
    "max": lambda x, axes: x.max(tuple(axes)),
}


def run(images):
    """images: float32 [batch, size, size, 3], RGB, 0 to 255, letterboxed as config.json says. Gives the named outputs."""
    config, values = json.loads((FOLDER / "config.json").read_text("utf-8")), load("model.safetensors")
    values["images"] = images
    for layer in config["layers"]:
        inputs = [values[one] if isinstance(one, str) else one for one in layer["inputs"]]
        result = OPERATIONS[layer["op"]](*inputs, **layer["attributes"])
        values.update(zip(layer["outputs"], result if layer["op"] == "split" else [result]))
    return {name: values[output["value"]] for name, output in config["outputs"].items()}


if __name__ == "__main__":
    sample = load("sample.safetensors")
    for name, output in run(sample["images"]).items():
        largest = float(np.abs(output - sample[name]).max())
        print(json.dumps({"output": name, "shape": output.shape, "difference": largest}))
