/** Finds the state dict in what a training script saved around it. */
import { FormatError } from '../../errors.ts';
import { listNames } from '../problems.ts';
import { shownValue } from './shown-value.ts';
import { StoredTensor } from './stored-tensor.ts';

/**
 * The keys under which training scripts keep the state dict, the first found counts: light-weight-refinenet v1
 * (`segmenter`), DenseTorch and others (`model`), snapshots with separate optimizers (`weights`), PyTorch Lightning and
 * the ImageNet example (`state_dict`), the PyTorch tutorials (`model_state_dict`).
 */
const WRAPPERS: readonly string[] = [
  'segmenter',
  'model',
  'weights',
  'state_dict',
  'model_state_dict',
  'net',
  'network',
];

/** How deep wrappers may lie in each other. */
const MAX_DEPTH = 3;

/** What DataParallel puts before every name. */
const PARALLEL_PREFIX = 'module.';

/**
 * The tensors of a state dict, bare or wrapped, in its own order. Entries that are no tensors are left out, and the
 * prefix `module.` is dropped where every name has it.
 * @throws FormatError listing the keys found if there is no tensor.
 */
export function unwrapStateDict(value: unknown): ReadonlyMap<string, StoredTensor> {
  const found = findStateDict(value, MAX_DEPTH);
  if (found === undefined) throw new FormatError(`PyTorch file: it holds no state dict: ${describe(value)}`);
  const names = [...found.keys()];
  if (!names.every((name) => name.startsWith(PARALLEL_PREFIX))) return found;
  return new Map([...found].map(([name, stored]) => [name.slice(PARALLEL_PREFIX.length), stored]));
}

function findStateDict(value: unknown, depth: number): Map<string, StoredTensor> | undefined {
  if (!(value instanceof Map) || depth === 0) return undefined;
  // Wrappers first: a checkpoint may carry a stray tensor, such as class weights, beside the state dict.
  for (const key of WRAPPERS) {
    const inner = findStateDict(value.get(key), depth - 1);
    if (inner !== undefined) return inner;
  }
  const tensors = new Map<string, StoredTensor>();
  for (const [name, entry] of value) {
    if (typeof name === 'string' && entry instanceof StoredTensor) tensors.set(name, entry);
  }
  return tensors.size > 0 ? tensors : undefined;
}

function describe(value: unknown): string {
  const advice = 'Save one with torch.save(model.state_dict(), path).';
  if (value instanceof StoredTensor) return `a single tensor without a name. ${advice}`;
  if (!(value instanceof Map)) return `a Python ${Array.isArray(value) ? 'list' : typeof value}. ${advice}`;
  if (value.size === 0) return `an empty dict. ${advice}`;
  return `no tensor under its keys ${listNames([...value.keys()].map(shownValue))}. ${advice}`;
}
