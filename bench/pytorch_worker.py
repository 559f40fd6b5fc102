"""PyTorch's part in a measurement: pytorch_worker.py JSON, with the fields of Assignment in contestant.ts.

Answers every line on stdin with one on stdout, as contestant-worker.ts does.
"""
import json
import sys
import time

import numpy
import torch
import torch.nn.functional as F
from torch import nn

from pytorch_networks import RefineNet


def restart_peak_memory():
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass


def peak_memory():
    with open("/proc/self/status") as file:
        line = next(line for line in file if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


# Where PyTorch computes what ours computes on a device.
DEVICES = {"cpu": "cpu", "webgpu": "cuda"}


class Inference:
    """Pixels go to the device and logits come back in every run, as ours do."""

    def __init__(self, network, pixels, _labels, device):
        self.network, self.pixels, self.device = network.eval(), pixels, device

    def run(self):
        with torch.no_grad():
            return self.network(self.pixels.to(self.device)).cpu()

    def check(self):
        return [self.run()]


class Training:
    """Batch normalization keeps its statistics and trains weight and bias; SGD with momentum."""

    def __init__(self, network, pixels, labels, device):
        self.network, self.pixels, self.labels, self.device = network.train(), pixels, labels, device
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eval()
        self.optimizer = self.new_optimizer()

    def new_optimizer(self):
        return torch.optim.SGD(self.network.parameters(), 1e-6, momentum=0.9, weight_decay=1e-5)

    def run(self):
        self.optimizer.zero_grad()
        pixels, labels = self.pixels.to(self.device), self.labels.to(self.device)
        logits = F.interpolate(self.network(pixels), labels.shape[1:], mode="bilinear", align_corners=False)
        loss = F.cross_entropy(logits, labels, ignore_index=255)
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def check(self):
        """One step without dropout: the loss, and the momentum of every parameter, which is its gradient with decay."""
        decoder = self.network.decoder
        kept = (decoder.dropped, decoder.last_dropped)
        decoder.without_dropout()
        loss = self.run()
        decoder.dropped, decoder.last_dropped = kept
        momenta = [
            self.optimizer.state[parameter]["momentum_buffer"]
            for _, parameter in sorted(self.network.named_parameters())
        ]
        self.optimizer = self.new_optimizer()
        restart_peak_memory()
        return [torch.tensor([loss])] + momenta


def main(assignment):
    torch.set_num_threads(assignment["threads"])
    device = DEVICES[assignment["device"]]
    if device == "cuda" and not torch.cuda.is_available():
        raise SystemExit("this PyTorch finds no CUDA device")
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    torch.manual_seed(1)
    began = time.perf_counter()
    batch, height, width = assignment["batch"], assignment["height"], assignment["width"]
    pixels = numpy.fromfile(assignment["pixels"], numpy.float32).reshape(batch, 3, height, width)
    labels = numpy.fromfile(assignment["labels"], numpy.uint8).reshape(batch, height, width)
    network = RefineNet(assignment["network"], assignment["classes"])
    network.load_safetensors(assignment["model"] + "/model.safetensors")
    task = {"inference": Inference, "training": Training}[assignment["task"]]
    network = network.to(device)
    runner = task(network, torch.from_numpy(pixels), torch.from_numpy(labels).long(), device)
    print(json.dumps({"seconds": time.perf_counter() - began, "version": f"PyTorch {torch.__version__}"}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        began = time.perf_counter()
        if request["do"] == "check":
            with open(request["output"], "wb") as file:
                for tensor in runner.check():
                    file.write(tensor.detach().cpu().numpy().astype(numpy.float32).tobytes())
        else:
            runner.run()
        print(json.dumps({"seconds": time.perf_counter() - began, "peak": peak_memory()}), flush=True)


main(json.loads(sys.argv[1]))
