/**
 * The Python names a weights file may use. There is no way around this list: a name that is not on it ends the reading.
 * What stands for a name is either a plain value or an arrow function, which cannot be constructed and does nothing
 * but put its arguments side by side.
 */
import { FormatError } from '../../errors.ts';
import { shownValue } from './shown-value.ts';
import {
  Inert,
  StorageClass,
  type StorageReference,
  type StorageType,
  StoredTensor,
  TorchType,
} from './stored-tensor.ts';

const STORAGES: Readonly<Record<string, StorageType | 'untyped'>> = {
  'torch.FloatStorage': 'float32',
  'torch.DoubleStorage': 'float64',
  'torch.HalfStorage': 'float16',
  'torch.BFloat16Storage': 'bfloat16',
  'torch.LongStorage': 'int64',
  'torch.IntStorage': 'int32',
  'torch.ShortStorage': 'int16',
  'torch.CharStorage': 'int8',
  'torch.ByteStorage': 'uint8',
  'torch.BoolStorage': 'bool',
  'torch.UntypedStorage': 'untyped',
  'torch.storage.UntypedStorage': 'untyped',
};

const TYPES: Readonly<Record<string, StorageType>> = {
  'torch.float32': 'float32',
  'torch.float64': 'float64',
  'torch.float16': 'float16',
  'torch.bfloat16': 'bfloat16',
  'torch.int64': 'int64',
  'torch.int32': 'int32',
  'torch.int16': 'int16',
  'torch.int8': 'int8',
  'torch.uint8': 'uint8',
  'torch.uint16': 'uint16',
  'torch.bool': 'bool',
};

/** Calls whose result is never looked at: devices, counters of learning rate schedules, NumPy scalars of best scores. */
const INERT: readonly string[] = [
  'torch.device',
  'collections.Counter',
  'numpy.core.multiarray.scalar',
  'numpy._core.multiarray.scalar',
  'numpy.dtype',
  '_codecs.encode',
];

type Call = (...args: unknown[]) => unknown;

/**
 * A resolver of the allowed names for one pickle.
 * @param budget how many entries `OrderedDict([...])` calls may copy in all, so that one list cannot be copied endlessly.
 */
export function allowedGlobals(budget: number): (module: unknown, name: unknown) => unknown {
  let copied = 0;
  const orderedDict = (...args: unknown[]): Map<unknown, unknown> => {
    if (args.length === 0) return new Map();
    const [items] = args;
    if (args.length > 1 || !Array.isArray(items)) throw badArguments('collections.OrderedDict');
    copied += items.length;
    if (copied > budget || !items.every((item) => Array.isArray(item) && item.length === 2)) {
      throw badArguments('collections.OrderedDict');
    }
    return new Map(items as [unknown, unknown][]);
  };
  const table = new Map<string, unknown>([
    ['collections.OrderedDict', orderedDict],
    ['torch.Size', torchSize],
    ['torch._utils._rebuild_tensor', rebuildTensor],
    ['torch._utils._rebuild_tensor_v2', rebuildTensor],
    ['torch._utils._rebuild_tensor_v3', rebuildTensorWithType],
    ['torch._utils._rebuild_parameter', rebuildParameter],
    ...Object.entries(STORAGES).map(([name, dtype]) => [name, new StorageClass(dtype)] as const),
    ...Object.entries(TYPES).map(([name, dtype]) => [name, new TorchType(dtype)] as const),
    ...INERT.map((name) => [name, inertCall(name)] as const),
  ]);
  return (module, name) => {
    const global = `${shownValue(module)}.${shownValue(name)}`;
    const found = table.get(global);
    if (found === undefined) throw refused(global);
    return found;
  };
}

function refused(global: string): FormatError {
  const shown = JSON.stringify(global.length > 120 ? `${global.slice(0, 120)}...` : global);
  return new FormatError(
    `pickle: the file asks for the Python name ${shown}, which is not on the list of what plain weights need. Nothing was run. If you trust the file, load it in Python and save only the weights: torch.save(model.state_dict(), path).`,
  );
}

function badArguments(global: string): FormatError {
  return new FormatError(
    `pickle: ${global} is called with arguments torch.save never writes. The file is damaged or forged.`,
  );
}

const torchSize: Call = (size, ...rest) => {
  if (!Array.isArray(size) || rest.length > 0) throw badArguments('torch.Size');
  return size;
};

const rebuildTensor: Call = (storage, offset, size, stride, ...rest) => {
  // Gradient flag, backward hooks and metadata follow, all without effect on the numbers.
  if (!isStorage(storage) || storage.dtype === 'untyped' || rest.length > 3) {
    throw badArguments('torch._utils._rebuild_tensor_v2');
  }
  return new StoredTensor(storage, storage.dtype, offset, size, stride);
};

const rebuildTensorWithType: Call = (storage, offset, size, stride, _gradient, _hooks, type, ...rest) => {
  if (!isStorage(storage) || !(type instanceof TorchType) || rest.length > 1) {
    throw badArguments('torch._utils._rebuild_tensor_v3');
  }
  return new StoredTensor(storage, type.dtype, offset, size, stride);
};

const rebuildParameter: Call = (data, ...rest) => {
  if (!(data instanceof StoredTensor) || rest.length > 2) throw badArguments('torch._utils._rebuild_parameter');
  return data;
};

function inertCall(global: string): Call {
  const value = new Inert(global);
  return (...args) => {
    if (args.length > 4) throw badArguments(global);
    return value;
  };
}

function isStorage(value: unknown): value is StorageReference {
  return typeof value === 'object' && value !== null && 'key' in value && 'count' in value;
}
