"""Runs a .tflite model for Twinhead: path of the model. Its first line is the runtime's version. Then for each line
{"count", "size"} on its input, with as many float32 pixels after it: a line of lengths by output, and their float32 values."""
import json
import sys
from importlib.metadata import version

import numpy as np
from ai_edge_litert.interpreter import Interpreter


def answer(document, *arrays):
    sys.stdout.buffer.write(json.dumps(document).encode() + b"\n")
    for array in arrays:
        sys.stdout.buffer.write(np.ascontiguousarray(array, "<f4").tobytes())
    sys.stdout.buffer.flush()


interpreter = Interpreter(sys.argv[1])
runner = interpreter.get_signature_runner()
(name,) = interpreter.get_signature_list()["serving_default"]["inputs"]
answer({"version": version("ai-edge-litert")})
while line := sys.stdin.buffer.readline():
    asked = json.loads(line)
    shape = (asked["count"], asked["size"], asked["size"], 3)
    images = np.frombuffer(sys.stdin.buffer.read(int(np.prod(shape)) * 4), "<f4").reshape(shape)
    outputs = runner(**{name: images})
    answer({key: value.size for key, value in outputs.items()}, *outputs.values())
