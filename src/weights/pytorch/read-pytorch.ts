/** The way from a file of torch.save, in either container, to weights. */
import { FormatError } from '../../errors.ts';
import type { Weights } from '../../tensor/weights.ts';
import type { Container } from './container.ts';
import { openLegacy } from './legacy-container.ts';
import { tensorRebuilder } from './rebuild-tensor.ts';
import { unwrapStateDict } from './unwrap.ts';
import { openZip } from './zip-container.ts';

/**
 * Reads the weights of a file made by torch.save (`.pth`, `.pth.tar`, `.pt`), in the order of its state dict: zip and
 * legacy container, bare state dicts and those wrapped in a checkpoint, with or without `module.` before every name.
 * bfloat16 is widened to float32. No code of the file runs. Memory: the file and one copy of its weights.
 * @throws FormatError if the file is damaged, not from torch.save, holds no state dict, or asks for Python names that
 * plain weights don't need.
 */
export function readPyTorch(bytes: Uint8Array): Weights {
  const container = isZip(bytes) ? openZip(bytes) : openContainer(bytes);
  const stateDict = unwrapStateDict(container.value);
  const references = new Map([...stateDict.values()].map(({ storage }) => [storage.key, storage]));
  const rebuild = tensorRebuilder(container.readStorages(references));
  return new Map([...stateDict].map(([name, stored]) => [name, rebuild(name, stored)]));
}

function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b;
}

function openContainer(bytes: Uint8Array): Container {
  if (bytes.length === 0) throw new FormatError('PyTorch file: it is empty. Fetch it again.');
  return openLegacy(bytes);
}
