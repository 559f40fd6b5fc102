/** Files of weights: safetensors, PyTorch, ONNX. */
import { readdirSync, readFileSync } from 'node:fs';
import { create, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { unzipSync, zipSync } from 'fflate';
import { GraphProtoSchema, ModelProtoSchema, TensorProtoSchema } from 'onnx-buf';
import { type Tensor, tensor } from '../../../src/tensor/tensor.ts';
import { readOnnxInitializers } from '../../../src/weights/onnx.ts';
import { readPyTorch } from '../../../src/weights/pytorch/read-pytorch.ts';
import { readWeights } from '../../../src/weights/read-weights.ts';
import { readSafetensors, writeSafetensors } from '../../../src/weights/safetensors.ts';
import { changedDocument, damaged } from '../mutations.ts';
import type { Reader } from '../reader.ts';
import { legacyStructures, zippedPickles } from '../structures/pickle.ts';

const FIXTURES = new URL('../../fixtures/', import.meta.url);

const fixtures = (folder: string, is: (name: string) => boolean): readonly Uint8Array[] =>
  readdirSync(new URL(folder, FIXTURES))
    .filter(is)
    .map((name) => new Uint8Array(readFileSync(new URL(folder + name, FIXTURES))));

const SMALL = new Map<string, Tensor>([
  ['a', tensor('float32', [2, 3], Float32Array.from([1, 2, 3, 4, 5, 6]))],
  ['b.weight', tensor('float16', [2], Uint16Array.from([15_360, 0]))],
  ['c', tensor('int64', [1], BigInt64Array.from([7n]))],
  ['empty', tensor('uint8', [0, 4], new Uint8Array(0))],
]);

const safetensorsFile = (): Uint8Array =>
  new Uint8Array(Buffer.concat(writeSafetensors(SMALL, new Map([['format', 'pt']]))));

/** A header of the right length before data that it may not fit. */
function safetensorsStructures([seed]: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const bytes = seed as Uint8Array;
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as object;
  return fc
    .tuple(changedDocument(header), fc.constantFrom(0, 0, 0, 1, -1, 8), fc.constantFrom(0, 0, 0, -1, 1, 2 ** 20))
    .map(([document, more, claimed]) => {
      const json = new TextEncoder().encode(JSON.stringify(document) ?? '');
      const head = new Uint8Array(8);
      new DataView(head.buffer).setBigUint64(0, BigInt(Math.max(0, json.length + claimed)), true);
      const data = bytes.subarray(8 + length);
      return new Uint8Array(
        Buffer.concat([
          head,
          json,
          data.subarray(0, data.length + Math.min(0, more)),
          new Uint8Array(Math.max(0, more)),
        ]),
      );
    });
}

/** Stands for `__proto__`, which the writer of zips does not take. */
const PLACEHOLDER = '__PROTO__';

function withPrototypeName(zip: Uint8Array): Uint8Array {
  const bytes = Buffer.from(zip);
  for (let at = bytes.indexOf(PLACEHOLDER); at >= 0; at = bytes.indexOf(PLACEHOLDER)) bytes.write('__proto__', at);
  return new Uint8Array(bytes);
}

/** The entries of a zip, some damaged, left out or called otherwise, in a sound zip. */
function zipStructures(seeds: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const archives = seeds.map((bytes) => Object.entries(unzipSync(bytes)));
  const name = fc.constantFrom(
    '../x',
    PLACEHOLDER,
    'archive/data.pkl',
    'archive/data/0',
    'archive/byteorder',
    '',
    'a'.repeat(300),
  );
  return fc.constantFrom(...archives).chain((entries) =>
    fc
      .record({
        damage: fc
          .nat(entries.length - 1)
          .chain((index) =>
            damaged([(entries[index] as [string, Uint8Array])[1]]).map((content) => [index, content] as const),
          ),
        renamed: fc.option(fc.tuple(fc.nat(entries.length - 1), name)),
        missing: fc.option(fc.nat(entries.length - 1), { freq: 6 }),
        level: fc.constantFrom(0, 0, 0, 0, 6),
      })
      .map(({ damage: [index, content], renamed, missing, level }) => {
        const files: Record<string, Uint8Array> = Object.create(null);
        for (const [position, [entry, bytes]] of entries.entries()) {
          if (position === missing) continue;
          files[renamed?.[0] === position ? renamed[1] : entry] = position === index ? content : bytes;
        }
        return withPrototypeName(zipSync(files, { level: level as 0 | 6 }));
      }),
  );
}

/** Sound messages of tensors whose fields do not go together. */
const onnxStructures = (): fc.Arbitrary<Uint8Array> => {
  const dimension = fc.constantFrom(0n, 1n, 2n, 3n, -1n, 2n ** 31n, 2n ** 53n, 2n ** 62n);
  const tensorProto = fc
    .record({
      name: fc.constantFrom('', 'a', 'b', '__proto__'),
      dims: fc.array(dimension, { maxLength: 6 }),
      dataType: fc.oneof(fc.constantFrom(1, 1, 1, 7, 10, 16), fc.integer({ min: -1, max: 30 })),
      rawData: fc.uint8Array({ maxLength: 32 }),
      floatData: fc.array(fc.float(), { maxLength: 4 }),
      int32Data: fc.array(fc.integer(), { maxLength: 4 }),
      int64Data: fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { maxLength: 4 }),
      dataLocation: fc.constantFrom(0, 0, 0, 0, 1),
    })
    .map((fields) => create(TensorProtoSchema, fields as never));
  return fc.array(tensorProto, { maxLength: 4 }).map((initializer) => {
    const graph = create(GraphProtoSchema, { name: 'graph', initializer });
    return toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 8n, graph }));
  });
};

const isZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50;
const pytorchFiles = (): readonly Uint8Array[] =>
  fixtures('pytorch/', (name) => /^(kinds|module|network|wrapped)/.test(name));

export const WEIGHTS_READERS: readonly Reader[] = [
  {
    name: 'safetensors',
    seeds: () => [safetensorsFile()],
    structures: safetensorsStructures,
    read: (bytes) => readSafetensors(bytes),
  },
  {
    name: 'PyTorch pickle',
    seeds: () => pytorchFiles().filter((bytes) => !isZip(bytes)),
    structures: legacyStructures,
    read: readPyTorch,
  },
  {
    name: 'PyTorch zip',
    seeds: () => pytorchFiles().filter(isZip),
    structures: (seeds) => fc.oneof(zipStructures(seeds), zippedPickles()),
    read: readPyTorch,
  },
  { name: 'ONNX', seeds: () => fixtures('onnx/', () => true), structures: onnxStructures, read: readOnnxInitializers },
  {
    name: 'weights of any format',
    seeds: () => [safetensorsFile(), ...fixtures('onnx/', () => true), ...pytorchFiles().slice(0, 3)],
    structures: () =>
      fc.oneof(safetensorsStructures([safetensorsFile()]), zippedPickles(), legacyStructures(), onnxStructures()),
    read: (bytes) => readWeights(bytes, 'weights'),
  },
];
