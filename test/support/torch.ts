/** PyTorch on this machine, for checkpoints that are the real thing. */
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesOf } from '../../src/tensor/tensor.ts';
import type { Weights } from '../../src/tensor/weights.ts';

/** Debian's interpreter first: its packages are not seen by others. */
const PYTHON = ['/usr/bin/python3', 'python3'].find(
  (python) => spawnSync(python, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0,
);

export const hasTorch = PYTHON !== undefined;

export const NO_TORCH = 'python3 with torch is not installed (Debian: apt-get install python3-torch)';

/** Runs a Python script that finds the weights as `state_dict`, an OrderedDict of torch tensors, and `folder`. */
export function runTorch(folder: string, weights: Weights, script: string): void {
  const index = [...weights].map(([name, { shape, data }]) => [name, shape, data.byteLength]);
  writeFileSync(join(folder, 'weights.json'), JSON.stringify(index));
  writeFileSync(join(folder, 'weights.bin'), Buffer.concat([...weights.values()].map((value) => bytesOf(value))));
  const prelude = `
import collections, json, os, sys, torch
folder = sys.argv[1]
raw = bytearray(open(os.path.join(folder, 'weights.bin'), 'rb').read())
state_dict, offset = collections.OrderedDict(), 0
for name, shape, length in json.load(open(os.path.join(folder, 'weights.json'))):
    state_dict[name] = torch.frombuffer(raw, dtype=torch.float32, count=length // 4, offset=offset).reshape(shape).clone()
    offset += length
`;
  execFileSync(PYTHON as string, ['-c', prelude + script, folder], { stdio: 'inherit' });
}
