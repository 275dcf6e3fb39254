"""Times a training step and a forward pass of the reference networks (test/bench/networks.ts) in Keras.

usage: keras_step.py NETWORK...; prints one JSON line a network: medians in milliseconds, each step as one tf.function.
"""
import json
import os
import statistics
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import tensorflow as tf

from lite0_stages import STAGES

layers = tf.keras.layers
CLASSES, BOX_OUTPUTS = 10, 20


def normed(x, convolution, activation):
    x = layers.BatchNormalization(epsilon=1e-3)(convolution(x))
    return x if activation is None else layers.ReLU(activation or None)(x)


def small(images):
    x = images
    for channels in (32, 64, 128):
        x = normed(x, layers.Conv2D(channels, 3, padding="same", use_bias=False), activation=0)
        x = layers.MaxPooling2D()(x)
    return {"classes": layers.Dense(CLASSES)(layers.GlobalAveragePooling2D()(x))}


def plain(images):
    x = images
    for channels in (64, 128, 256):
        x = layers.Conv2D(channels, 3, padding="same", activation="relu")(x)
    features = layers.Flatten()(layers.AveragePooling2D(4)(layers.AveragePooling2D(2)(x)))
    hidden = layers.Dense(1024, activation="relu")(features)
    return {"classes": layers.Dense(CLASSES)(features), "boxes": layers.Dense(BOX_OUTPUTS)(hidden)}


def lite0(images):
    def pointwise(x, channels, activation=6.0):
        return normed(x, layers.Conv2D(channels, 1, use_bias=False), activation)

    x = normed(images, layers.Conv2D(32, 3, 2, padding="same", use_bias=False), 6.0)
    for kernel, expansion, channels, repeats, stride in STAGES:
        for index in range(repeats):
            before = x
            if expansion > 1:
                x = pointwise(x, before.shape[-1] * expansion)
            step = stride if index == 0 else 1
            x = normed(x, layers.DepthwiseConv2D(kernel, step, padding="same", use_bias=False), 6.0)
            x = pointwise(x, channels, activation=None)
            if index > 0:
                x = layers.Add()([before, x])
    return {"classes": layers.Dense(CLASSES)(layers.GlobalAveragePooling2D()(pointwise(x, 1280)))}


# network: its layers, images a batch, side of the input, timed steps
NETWORKS = {"small": (small, 64, 64, 15), "plain": (plain, 32, 48, 15), "lite0": (lite0, 16, 224, 7)}


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
    inputs = tf.keras.Input((side, side, 3))
    model = tf.keras.Model(inputs, build(inputs))
    random = np.random.default_rng(0)
    images = tf.constant(random.standard_normal((batch, side, side, 3)).astype("float32"))
    labels = tf.constant(random.integers(0, CLASSES, batch))
    optimizer = tf.keras.optimizers.Adam(1e-3)
    optimizer.build(model.trainable_variables)

    @tf.function
    def train():
        with tf.GradientTape() as tape:
            outputs = model(images, training=True)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, outputs["classes"])
            loss = tf.reduce_mean(losses)
            if "boxes" in outputs:
                loss += tf.reduce_mean(tf.square(outputs["boxes"]))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return loss

    @tf.function
    def infer():
        return model(images, training=False)

    return {
        "network": name,
        "train_ms": median_ms(lambda: train().numpy(), times),
        "infer_ms": median_ms(lambda: [output.numpy() for output in infer().values()], times),
    }


for network in sys.argv[1:]:
    print(json.dumps(measure(network)), flush=True)
