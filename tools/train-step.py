"""Training steps in PyTorch for tools/train-step.ts, one for each line on stdin: train-step.py ARCHITECTURE CROP BATCH.

Answers each line with the step's seconds and the peak memory in GiB.

The decoders follow src/models/refinenet.ts, the encoders are torchvision's (its MobileNetV2 lacks one expansion
convolution that ours has). Batch normalisation keeps its statistics and trains weight and bias; SGD with momentum.
"""
import resource
import sys
import time

import torch
import torch.nn.functional as F
import torchvision
from torch import nn


def conv(inputs, outputs, kernel, bias=False):
    return nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=bias)


class Units(nn.Module):
    def __init__(self, channels, count):
        super().__init__()
        self.first = nn.ModuleList(conv(channels, channels, 3, True) for _ in range(count))
        self.second = nn.ModuleList(conv(channels, channels, 3) for _ in range(count))

    def forward(self, x):
        for first, second in zip(self.first, self.second):
            x = x + second(F.relu(first(F.relu(x))))
        return x


class Pooling(nn.Module):
    def __init__(self, channels, kernel, activation):
        super().__init__()
        self.activation = activation
        self.convolutions = nn.ModuleList(conv(channels, channels, kernel) for _ in range(4))

    def forward(self, x):
        path = total = self.activation(x)
        for convolution in self.convolutions:
            path = convolution(F.max_pool2d(path, 5, 1, 2))
            total = total + path
        return total


class Block(nn.Module):
    """A RefineNet block; `fused` says which inputs pass a fusion convolution."""

    def __init__(self, widths, fused, kernel, adapt, output, activation):
        super().__init__()
        out = min(widths)
        self.adapt = nn.ModuleList(Units(width, adapt) for width in widths)
        self.fusion = nn.ModuleList(
            conv(width, out, kernel) if use and len(widths) > 1 else nn.Identity() for width, use in zip(widths, fused)
        )
        self.pooling = Pooling(out, kernel, activation)
        self.output = Units(out, output)

    def forward(self, inputs):
        values = [fuse(adapt(x)) for fuse, adapt, x in zip(self.fusion, self.adapt, inputs)]
        size = max(value.shape[2:] for value in values)
        resized = [
            v if v.shape[2:] == size else F.interpolate(v, size, mode="bilinear", align_corners=True) for v in values
        ]
        return self.output(self.pooling(sum(resized)))


class RefineNet(nn.Module):
    def __init__(self, name, classes):
        super().__init__()
        encoder = name.split("-")[-1]
        light = "-lw-" in name
        mobile = encoder == "mobilenetv2"
        kernel = 1 if light else 3
        adapt, output, head = (0, 0, 0) if light else (2, 1, 2)
        if mobile:
            features = torchvision.models.mobilenet_v2().features
            self.stages = nn.ModuleList(
                features[a:b] for a, b in [(0, 4), (4, 7), (7, 11), (11, 14), (14, 17), (17, 18)]
            )
            channels, cascade = [320, 160, 96, 64, 32, 24], [[0, 1], [2, 3], [4], [5]]
            widths = [256] * 6
        else:
            net = getattr(torchvision.models, encoder)()
            stem = nn.Sequential(net.conv1, net.bn1, net.relu, net.maxpool)
            self.stages = nn.ModuleList([nn.Sequential(stem, net.layer1), net.layer2, net.layer3, net.layer4])
            growth = 1 if encoder in ("resnet18", "resnet34") else 4
            channels, cascade = [512 * growth, 256 * growth, 128 * growth, 64 * growth], [[0], [1], [2], [3]]
            widths = [512, 256, 256, 256]
        self.coarse = 0 if mobile else 2
        self.dropped = 0.0 if mobile else 0.5
        self.reduction = nn.ModuleList(conv(c, w, kernel) for c, w in zip(channels, widths))
        self.cascade = cascade
        activation = F.relu6 if mobile else F.relu
        blocks, before = [], []
        for paths in cascade:
            own = [widths[path] for path in paths]
            fused = [True] * len(before) + [not mobile] * len(own)
            blocks.append(Block(before + own, fused, kernel, adapt, output, activation))
            before = [min(before + own)]
        self.blocks = nn.ModuleList(blocks)
        self.head = Units(256, head)
        self.classifier = conv(256, classes, 3, True)
        self.last_drop = 0.0 if light else 0.5

    def forward(self, x):
        taps = []
        for stage in self.stages:
            x = stage(x)
            taps.append(x)
        taps = taps[::-1]
        paths = [
            reduce(F.dropout(tap, self.dropped) if index < self.coarse else tap)
            for index, (reduce, tap) in enumerate(zip(self.reduction, taps))
        ]
        y = None
        for block, used in zip(self.blocks, self.cascade):
            y = block(([] if y is None else [y]) + [paths[path] for path in used])
        return self.classifier(F.dropout(self.head(y), self.last_drop))


def main(name, crop, batch):
    crop, batch = int(crop), int(batch)
    torch.set_num_threads(2)
    torch.manual_seed(1)
    net = RefineNet(name, 21).train()
    norms = [module for module in net.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        norm.momentum = 1.0
    x, labels = torch.randn(batch, 3, crop, crop), torch.randint(0, 21, (batch, crop, crop))
    # Statistics of real batches: with those of a fresh network values fade until they are denormal and slow.
    with torch.no_grad():
        net(x)
    for norm in norms:
        norm.eval()
    optimizer = torch.optim.SGD(net.parameters(), 1e-6, momentum=0.9, weight_decay=1e-5)
    for _ in sys.stdin:
        began = time.time()
        optimizer.zero_grad()
        logits = F.interpolate(net(x), labels.shape[1:], mode="bilinear", align_corners=False)
        loss = F.cross_entropy(logits, labels, ignore_index=255)
        loss.backward()
        optimizer.step()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        print(f"{time.time() - began:.3f} {peak:.2f}", flush=True)


main(*sys.argv[1:])
