"""Times a training step and a forward pass of the reference networks (test/bench/networks.ts) in PyTorch.

usage: torch_step.py NETWORK...; prints one JSON line a network: medians in milliseconds, channels last.
"""
import json
import statistics
import sys
import time

import torch
from torch import nn

from lite0_stages import STAGES

CLASSES, BOX_OUTPUTS = 10, 20


def normed(inputs, outputs, kernel, stride=1, groups=1, activation=nn.ReLU6):
    convolution = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
    parts = [convolution, nn.BatchNorm2d(outputs, eps=1e-3)]
    return nn.Sequential(*parts, *([] if activation is None else [activation()]))


class Classifier(nn.Module):
    def __init__(self, trunk, channels):
        super().__init__()
        self.trunk = trunk
        self.classes = nn.Linear(channels, CLASSES)

    def forward(self, images):
        return {"classes": self.classes(self.trunk(images).mean((2, 3)))}


def small():
    stages, inputs = [], 3
    for channels in (32, 64, 128):
        stages += [normed(inputs, channels, 3, activation=nn.ReLU), nn.MaxPool2d(2)]
        inputs = channels
    return Classifier(nn.Sequential(*stages), inputs)


class Plain(nn.Module):
    def __init__(self):
        super().__init__()
        stages, inputs = [], 3
        for channels in (64, 128, 256):
            stages += [nn.Conv2d(inputs, channels, 3, padding=1), nn.ReLU()]
            inputs = channels
        self.trunk = nn.Sequential(*stages, nn.AvgPool2d(2), nn.AvgPool2d(4), nn.Flatten())
        self.classes = nn.Linear(36 * inputs, CLASSES)
        self.boxes = nn.Sequential(nn.Linear(36 * inputs, 1024), nn.ReLU(), nn.Linear(1024, BOX_OUTPUTS))

    def forward(self, images):
        features = self.trunk(images)
        return {"classes": self.classes(features), "boxes": self.boxes(features)}


class Residual(nn.Module):
    def __init__(self, inputs, outputs, kernel, expansion, stride):
        super().__init__()
        wide = inputs * expansion
        self.block = nn.Sequential(
            *([normed(inputs, wide, 1)] if expansion > 1 else []),
            normed(wide, wide, kernel, stride, groups=wide),
            normed(wide, outputs, 1, activation=None),
        )
        self.adds = stride == 1 and inputs == outputs

    def forward(self, maps):
        return maps + self.block(maps) if self.adds else self.block(maps)


def lite0():
    blocks, inputs = [normed(3, 32, 3, 2)], 32
    for kernel, expansion, channels, repeats, stride in STAGES:
        for index in range(repeats):
            blocks.append(Residual(inputs, channels, kernel, expansion, stride if index == 0 else 1))
            inputs = channels
    return Classifier(nn.Sequential(*blocks, normed(inputs, 1280, 1)), 1280)


# network: its layers, images a batch, side of the input, timed steps
NETWORKS = {"small": (small, 64, 64, 15), "plain": (Plain, 32, 48, 15), "lite0": (lite0, 16, 224, 7)}


def median_ms(work, times):
    taken = []
    for index in range(times + 2):
        started = time.perf_counter()
        work()
        if index >= 2:
            taken.append((time.perf_counter() - started) * 1e3)
    return statistics.median(taken)


def measure(name):
    build, batch, side, times = NETWORKS[name]
    torch.manual_seed(0)
    model = build().to(memory_format=torch.channels_last)
    images = torch.randn(batch, 3, side, side).to(memory_format=torch.channels_last)
    labels = torch.randint(0, CLASSES, (batch,))
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)

    def train():
        optimizer.zero_grad()
        outputs = model(images)
        loss = nn.functional.cross_entropy(outputs["classes"], labels)
        if "boxes" in outputs:
            loss = loss + outputs["boxes"].square().mean()
        loss.backward()
        optimizer.step()
        return loss.item()

    train_ms = median_ms(train, times)
    model.eval()
    with torch.no_grad():
        infer_ms = median_ms(lambda: model(images), times)
    return {"network": name, "train_ms": train_ms, "infer_ms": infer_ms}


for network in sys.argv[1:]:
    print(json.dumps(measure(network)), flush=True)
