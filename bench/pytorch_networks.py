"""RefineNet and Light-Weight RefineNet in PyTorch, with the parameter names of this package, so that the same weights load.

The encoders are torchvision's ResNets, and a MobileNetV2 of our own (torchvision's lacks the expansion convolution of its
first inverted residual).
"""
import json
import struct

import numpy
import torch
import torch.nn.functional as F
import torchvision
from torch import nn


def convolution(inputs, outputs, kernel, bias=False):
    return nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=bias)


class ResNet(nn.Module):
    """Features at 1/4, 1/8, 1/16 and 1/32."""

    def __init__(self, name):
        super().__init__()
        network = getattr(torchvision.models, name)()
        for part in ("conv1", "bn1", "layer1", "layer2", "layer3", "layer4"):
            self.add_module(part, getattr(network, part))
        growth = 4 if hasattr(network.layer1[0], "conv3") else 1
        self.channels = [64 * growth, 128 * growth, 256 * growth, 512 * growth]
        self.strides = [4, 8, 16, 32]

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x)), inplace=True), 3, 2, 1)
        features = []
        for layer in (self.layer1, self.layer2, self.layer3, self.layer4):
            x = layer(x)
            features.append(x)
        return features


class InvertedResidual(nn.Module):
    def __init__(self, inputs, outputs, stride, expansion):
        super().__init__()
        hidden = inputs * expansion
        self.adds = stride == 1 and inputs == outputs
        depthwise = nn.Conv2d(hidden, hidden, 3, stride, 1, groups=hidden, bias=False)
        self.conv = nn.Sequential(
            nn.Sequential(convolution(inputs, hidden, 1), nn.BatchNorm2d(hidden), nn.ReLU6(inplace=True)),
            nn.Sequential(depthwise, nn.BatchNorm2d(hidden), nn.ReLU6(inplace=True)),
            convolution(hidden, outputs, 1),
            nn.BatchNorm2d(outputs),
        )

    def forward(self, x):
        return x + self.conv(x) if self.adds else self.conv(x)


class MobileNetV2(nn.Module):
    """Features after six of its seven stages."""

    # Expansion, channels, repeats, stride of the first.
    STAGES = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]

    def __init__(self):
        super().__init__()
        stem = nn.Sequential(nn.Conv2d(3, 32, 3, 2, 1, bias=False), nn.BatchNorm2d(32), nn.ReLU6(inplace=True))
        layers, self.ends, channels, total = [stem], [], 32, 2
        self.channels, self.strides = [], []
        for expansion, width, repeats, stride in self.STAGES:
            for repeat in range(repeats):
                layers.append(InvertedResidual(channels, width, stride if repeat == 0 else 1, expansion))
                channels = width
            total *= stride
            self.ends.append(len(layers) - 1)
            self.channels.append(width)
            self.strides.append(total)
        self.features = nn.Sequential(*layers)
        for of_stages in (self.ends, self.channels, self.strides):
            del of_stages[0]

    def forward(self, x):
        features = []
        for index, layer in enumerate(self.features):
            x = layer(x)
            if index in self.ends:
                features.append(x)
        return features


class ResidualConvUnit(nn.Module):
    def __init__(self, channels, activation):
        super().__init__()
        self.activation = activation
        self.conv1 = convolution(channels, channels, 3, True)
        self.conv2 = convolution(channels, channels, 3)

    def forward(self, x):
        return x + self.conv2(self.activation(self.conv1(self.activation(x))))


def units(channels, count, activation):
    return nn.Sequential(*(ResidualConvUnit(channels, activation) for _ in range(count)))


class ChainedResidualPooling(nn.Module):
    def __init__(self, channels, kernel, activation):
        super().__init__()
        self.activation = activation
        for index in range(1, 5):
            self.add_module(f"block{index}", convolution(channels, channels, kernel))

    def forward(self, x):
        path = total = self.activation(x)
        for block in self.children():
            path = block(F.max_pool2d(path, 5, 1, 2))
            total = total + path
        return total


class RefineNetBlock(nn.Module):
    """`fused` says which inputs pass a fusion convolution; a single input passes none."""

    def __init__(self, widths, fused, kernel, adapt, output, activation):
        super().__init__()
        channels = min(widths)
        self.adapt = nn.ModuleList(units(width, adapt, activation) for width in widths)
        self.fusion = nn.ModuleList(
            convolution(width, channels, kernel) if fuse and len(widths) > 1 else nn.Identity()
            for width, fuse in zip(widths, fused)
        )
        self.pooling = ChainedResidualPooling(channels, kernel, activation)
        self.output = units(channels, output, activation)

    def forward(self, inputs):
        values = [fuse(adapt(x)) for fuse, adapt, x in zip(self.fusion, self.adapt, inputs)]
        size = max(value.shape[2:] for value in values)
        total = None
        for value in values:
            if value.shape[2:] != size:
                value = F.interpolate(value, size, mode="bilinear", align_corners=True)
            total = value if total is None else total + value
        return self.output(self.pooling(total))


class Decoder(nn.Module):
    def __init__(self, encoder, light, mobile, classes):
        super().__init__()
        kernel = 1 if light else 3
        adapt, output, head = (0, 0, 0) if light else (2, 1, 2)
        activation = F.relu6 if mobile else F.relu
        channels, strides = encoder.channels[::-1], encoder.strides[::-1]
        widths = [256] * 6 if mobile else [512, 256, 256, 256]
        self.cascade = [[0, 1], [2, 3], [4], [5]] if mobile else [[0], [1], [2], [3]]
        self.dropped = [0.5 if stride >= 16 and not mobile else 0.0 for stride in strides]
        self.last_dropped = 0.0 if light else 0.5
        self.reduction = nn.ModuleList(convolution(c, w, kernel) for c, w in zip(channels, widths))
        before = []
        for index, paths in enumerate(self.cascade):
            own = [widths[path] for path in paths]
            fused = [True] * len(before) + [not mobile] * len(own)
            block = RefineNetBlock(before + own, fused, kernel, adapt, output, activation)
            self.add_module(f"refinenet{len(self.cascade) - index}", block)
            before = [min(before + own)]
        self.head = units(256, head, activation)
        self.classifier = convolution(256, classes, 3, True)

    def forward(self, features):
        paths = [
            reduce(F.dropout(x, dropped, self.training and dropped > 0))
            for reduce, x, dropped in zip(self.reduction, features[::-1], self.dropped)
        ]
        before = []
        for index, used in enumerate(self.cascade):
            block = getattr(self, f"refinenet{len(self.cascade) - index}")
            before = [block(before + [paths[path] for path in used])]
        x = self.head(before[0])
        return self.classifier(F.dropout(x, self.last_dropped, self.training and self.last_dropped > 0))

    def without_dropout(self):
        self.dropped = [0.0] * len(self.dropped)
        self.last_dropped = 0.0


class RefineNet(nn.Module):
    """By the names of this package: refinenet-resnet101, refinenet-lw-mobilenetv2, ..."""

    def __init__(self, name, classes):
        super().__init__()
        backbone = name.split("-")[-1]
        mobile = backbone == "mobilenetv2"
        self.encoder = MobileNetV2() if mobile else ResNet(backbone)
        self.decoder = Decoder(self.encoder, "-lw-" in name, mobile, classes)

    def forward(self, x):
        return self.decoder(self.encoder(x))

    def load_safetensors(self, path):
        """Strict: the file has every tensor of the network, and no other."""
        missing, unexpected = self.load_state_dict(read_safetensors(path), strict=False)
        missing = [name for name in missing if not name.endswith(".num_batches_tracked")]
        if missing or unexpected:
            raise ValueError(f"{path} lacks {missing} and has {unexpected}.")


def read_safetensors(path):
    """A float32 safetensors file: the length of a JSON header, the header, the tensors' bytes."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        if entry["dtype"] != "F32":
            raise ValueError(f"{name} is {entry['dtype']}, not F32.")
        begin, end = entry["data_offsets"]
        values = numpy.frombuffer(data, numpy.float32, (end - begin) // 4, begin)
        tensors[name] = torch.from_numpy(values.reshape(entry["shape"]).copy())
    return tensors
