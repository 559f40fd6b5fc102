/** Pickles that can be read, of tensors and storages that do not go together. */
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { joined, whole } from './bytes.ts';

const text = (value: string): Uint8Array => joined('X', whole(value.length, 4), value);
/** A whole number: in a byte, in four, or in eight. */
const number = (value: number): Uint8Array =>
  Number.isInteger(value) && value >= 0 && value < 256
    ? joined('K', [value])
    : Number.isInteger(value) && Math.abs(value) < 2 ** 31
      ? joined('J', whole(value, 4))
      : Number.isInteger(value)
        ? joined([0x8a, 8], whole(value, 8))
        : joined('G', float(value));
function float(value: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return new Uint8Array(view.buffer);
}
const tuple = (...parts: readonly Uint8Array[]): Uint8Array => joined('(', ...parts, 't');
const global = (name: string): string => `c${name.replace(/\.(\w+)$/, '\n$1')}\n`;

const GLOBALS = [
  ...['torch._utils._rebuild_tensor_v2', 'torch._utils._rebuild_tensor_v3', 'torch._utils._rebuild_parameter'],
  ...['collections.OrderedDict', 'collections.Counter', 'torch.Size', 'torch.FloatStorage', 'torch.float32'],
  ...['numpy.core.multiarray.scalar', 'numpy.dtype', '_codecs.encode', 'os.system', 'builtins.eval', '__proto__.x'],
];
const STORAGES = [
  'torch.FloatStorage',
  'torch.LongStorage',
  'torch.BoolStorage',
  'torch.storage.UntypedStorage',
  'os.system',
];

const size = fc.constantFrom(0, 1, 2, 3, 6, 7, -1, 0.5, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 62);
const sizes: fc.Arbitrary<number[]> = fc.oneof(
  fc.array(size, { maxLength: 5 }),
  fc.constantFrom([2, 3], [6], [1, 6], [], new Array<number>(70).fill(1)),
);

/** A tensor as torch.save writes it, with wrong parts here and there. */
const tensor: fc.Arbitrary<Uint8Array> = fc
  .record({
    kind: fc.constantFrom('storage', 'storage', 'storage', 'module'),
    storage: fc.oneof(
      { weight: 4, arbitrary: fc.constant('torch.FloatStorage') },
      { weight: 1, arbitrary: fc.constantFrom(...STORAGES) },
    ),
    key: fc.constantFrom('0', '0', '0', '1', '__proto__', '../x'),
    count: fc.oneof({ weight: 3, arbitrary: fc.constant(6) }, { weight: 1, arbitrary: size }),
    offset: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: size }),
    shape: sizes,
    stride: sizes,
    isWhole: fc.boolean(),
    rest: fc.constantFrom('\x89}', '\x89N', '', '}}}}}', '\x89ccollections\nOrderedDict\n)R'),
  })
  .map(({ kind, storage, key, count, offset, shape, stride, isWhole, rest }) =>
    joined(
      global('torch._utils._rebuild_tensor_v2'),
      '(',
      tuple(text(kind), joined(global(storage)), text(key), text('cpu'), number(count)),
      'Q',
      number(offset),
      tuple(...(isWhole ? [2, 3] : shape).map(number)),
      tuple(...(isWhole ? [3, 1] : stride).map(number)),
      rest,
      'tR',
    ),
  );

const { value } = fc.letrec<{ value: Uint8Array }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 4, arbitrary: tensor },
    { weight: 1, arbitrary: size.map(number) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom('N', '\x88', '}', ']', ')', 'h\x00', 'h\x09', '(', 't', '0', '2', 'R', 's', 'b', 'q\x00', '\x94')
        .map((part) => joined(part)),
    },
    { weight: 1, arbitrary: fc.constantFrom('a', 'weight', 'state_dict', '__proto__').map(text) },
    { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 3 }).map((parts) => joined(']q\x00(', ...parts, 'e')) },
    { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 4 }).map((parts) => joined('}q\x01(', ...parts, 'u')) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom(...GLOBALS), fc.array(tie('value'), { maxLength: 3 }))
        .map(([name, parts]) => joined(global(name), tuple(...parts), 'R')),
    },
  ),
}));

/** A state dict of named values, now and then one that holds it. */
const object: fc.Arbitrary<Uint8Array> = fc
  .tuple(
    fc.array(fc.tuple(fc.constantFrom('a', 'b', 'module.a', 'layer.weight', '__proto__', ''), value), { maxLength: 4 }),
    fc.constantFrom('', '', '', 'state_dict', 'model', 'weights'),
    fc.constantFrom('.', '.', '.', '.', '', '..', 'N.'),
  )
  .map(([entries, wrapper, end]) => {
    const dict = joined('}(', ...entries.flatMap(([name, given]) => [text(name), given]), 'u');
    return joined('\x80\x02', wrapper === '' ? dict : joined('}', text(wrapper), dict, 's'), end);
  });

const bytesOfStorage = fc.constantFrom(24, 24, 24, 23, 0, 48);

/** The container before 1.6: pickles in a row, then the storages. */
export const legacyStructures = (): fc.Arbitrary<Uint8Array> =>
  fc
    .record({
      object,
      protocol: fc.constantFrom(1001, 1001, 1001, 1001, 7),
      keys: fc.constantFrom(['0'], ['0'], ['0'], [], ['0', '0'], ['1'], ['__proto__']),
      count: fc.constantFrom(6, 6, 6, 5, 7, 2 ** 40, -1),
      bytes: bytesOfStorage,
    })
    .map(({ object, protocol, keys, count, bytes }) =>
      joined(
        ...['\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.', '\x80\x02M', whole(protocol, 2), '.'],
        joined('\x80\x02}', text('little_endian'), '\x88s.'),
        object,
        joined('\x80\x02](', ...keys.map(text), 'e.'),
        whole(count, 8),
        new Uint8Array(bytes).fill(1),
      ),
    );

/** The container since 1.6. */
export const zippedPickles = (): fc.Arbitrary<Uint8Array> =>
  fc.tuple(object, bytesOfStorage, fc.constantFrom('little', 'little', 'big', '')).map(([pickle, bytes, order]) =>
    zipSync(
      {
        'archive/data.pkl': pickle,
        'archive/byteorder': joined(order),
        'archive/data/0': new Uint8Array(bytes).fill(1),
        'archive/version': joined('3\n'),
      },
      { level: 0 },
    ),
  );
