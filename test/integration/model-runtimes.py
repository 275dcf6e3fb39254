"""Runs an ONNX model on images in one runtime: model, images (float32, [count, 3, size, size]), size, runtime, folder, names of outputs.
Writes each as float32 into the folder and prints one JSON document."""
import json
import os
import sys

import numpy as np

model, pixels, size, runtime, folder, *names = sys.argv[1:]
size = int(size)
images = np.fromfile(pixels, np.float32).reshape(-1, 3, size, size)
if runtime == "openvino":
    import openvino

    version = openvino.__version__
    compiled = openvino.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    answer = compiled({"images": images})
    # A port has the names of all that was merged into it.
    outputs = {name: answer[port] for port in compiled.outputs for name in port.get_names() if name in names}
else:
    import onnxruntime

    version = onnxruntime.__version__
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    outputs = dict(zip(names, session.run(names, {"images": images})))
os.makedirs(folder, exist_ok=True)
for name, values in outputs.items():
    values.astype(np.float32).tofile(os.path.join(folder, name))
print(json.dumps({"runtime": runtime, "version": version, "outputs": sorted(outputs)}))
