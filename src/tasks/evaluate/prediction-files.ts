/** Predictions as files: where they are saved, and how they are read again. */
import { type NpyArray, parse } from 'npyjs';
import type { Dataset } from '../../data/dataset.ts';
import { IGNORE_INDEX } from '../../labels/label-table.ts';
import { decodeMask, describeUnknown } from '../../data/mask.ts';
import type { Sample } from '../../data/sample.ts';
import { FormatError, messageOf, RefineNetError } from '../../errors.ts';
import type { Color } from '../../image/image.ts';
import { type LabelMap, presentLabels } from '../../image/label-map.ts';
import { decodeLabelPng, encodeLabelPng } from '../../image/png.ts';
import { encodeNpy } from '../../tensor/npy.ts';
import { elementCount, formatShape } from '../../tensor/shape.ts';
import { type Tensor, tensor } from '../../tensor/tensor.ts';
import type { TaskFiles } from '../task-files.ts';

/** What a sample's saved class ids are called in their folder; as `predict` names them. */
export const maskFile = ({ name }: Sample): string => `${inside(name)}.png`;

/** What a sample's saved probabilities are called in their folder; as `predict` names them. */
export const probabilitiesFile = ({ name }: Sample): string => `${inside(name)}.probabilities.npy`;

/** A name that cannot lead out of its folder. */
function inside(name: string): string {
  return name
    .split(/[\\/]/)
    .filter((part) => !['', '.', '..'].includes(part))
    .join('/');
}

export async function saveMask(
  folder: string,
  sample: Sample,
  labels: LabelMap,
  colors: readonly Color[],
  files: TaskFiles,
): Promise<void> {
  await files.write(files.join(folder, maskFile(sample)), encodeLabelPng(labels, colors));
}

export async function saveProbabilities(
  folder: string,
  sample: Sample,
  probabilities: Tensor<'float32'>,
  files: TaskFiles,
): Promise<void> {
  await files.write(files.join(folder, probabilitiesFile(sample)), encodeNpy(probabilities));
}

/**
 * The class ids in a saved mask: as they are, or by the data set's own encoding; 255 where no class is predicted.
 * @throws FormatError if it is damaged, or has values that mean nothing.
 */
export async function readMask(
  path: string,
  { classes, encoding, source }: Dataset,
  isEncoded: boolean,
  files: TaskFiles,
): Promise<LabelMap> {
  const bytes = await read(path, files);
  if (isEncoded) {
    const { labels, unknown } = await decodeMask(bytes, encoding, files.decodeImage, path, source.readHdf5Mat);
    if (unknown.size === 0) return labels;
    throw new FormatError(
      `${path}: the mask has values that mean nothing in the data set: ${describeUnknown(unknown, encoding.kind)}. Choose --encoding ids if they are class ids.`,
    );
  }
  const labels = decodeLabelPng(bytes, { name: path });
  const foreign = presentLabels(labels).filter((id) => id >= classes.length && id !== IGNORE_INDEX);
  if (foreign.length === 0) return labels;
  throw new FormatError(
    `${path}: the mask has the ids ${foreign.slice(0, 8).join(', ')}, but the classes are 0 ... ${classes.length - 1} (255: none predicted). ` +
      "Choose --encoding dataset if it is written as the data set's own masks.",
  );
}

/** How far from [0, 1] rounding takes a probability. */
const SLACK = 1e-3;

/**
 * Saved probabilities, float32 [classes, height, width].
 * @throws FormatError if the file is damaged, not of a floating-point type, or has other values than probabilities.
 */
export async function readProbabilities(path: string, files: TaskFiles): Promise<Tensor<'float32'>> {
  const { data, shape, dtype, fortranOrder } = parseNpy(await read(path, files), path);
  if (!(data instanceof Float32Array || data instanceof Float64Array)) {
    throw new FormatError(`${path}: the numbers are ${dtype}, not probabilities. Save them as float32 or float16.`);
  }
  if (fortranOrder) throw new FormatError(`${path}: the numbers are in Fortran order. Save them in C order.`);
  if (!shape.every((extent) => Number.isSafeInteger(extent) && extent > 0) || data.length !== elementCount(shape)) {
    throw new FormatError(
      `${path}: the file says its shape is ${formatShape(shape)}, but it has ${data.length} numbers. It is damaged or cut off; save it anew.`,
    );
  }
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of data) {
    lowest = Math.min(lowest, value);
    highest = Math.max(highest, value);
  }
  // Not a number anywhere makes both bounds so.
  if (!(lowest >= -SLACK && highest <= 1 + SLACK)) {
    throw new FormatError(
      `${path}: the values go from ${lowest} to ${highest}, but probabilities from 0 to 1. Save probabilities, not logits.`,
    );
  }
  return tensor('float32', shape, data instanceof Float32Array ? data : Float32Array.from(data));
}

function parseNpy(bytes: Uint8Array, path: string): NpyArray {
  try {
    // Small files share one buffer with others.
    const own = bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
    return parse(own.buffer as ArrayBuffer);
  } catch (error) {
    throw new FormatError(`${path}: this is no .npy file that can be read (${messageOf(error)}).`, { cause: error });
  }
}

async function read(path: string, files: TaskFiles): Promise<Uint8Array> {
  return files.read(path).catch(async (error: unknown) => {
    const reason = (await files.kindOf(path)) === undefined ? 'there is no such file' : messageOf(error);
    throw new RefineNetError(`${path}: the prediction cannot be read (${reason}).`, { cause: error });
  });
}
