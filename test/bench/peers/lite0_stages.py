"""The inverted-residual stages of EfficientNet-Lite0, as in electron/learning/networks/lite0.ts."""

# kernel, expansion, channels, blocks, stride of the first block
STAGES = [
    (3, 1, 16, 1, 1),
    (3, 6, 24, 2, 2),
    (5, 6, 40, 2, 2),
    (3, 6, 80, 3, 2),
    (5, 6, 112, 3, 1),
    (5, 6, 192, 4, 2),
    (3, 6, 320, 1, 1),
]
