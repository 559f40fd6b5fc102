/** The Open Inference Protocol's request for inference: JSON, and tensors as binary data behind it. */
import * as z from 'zod';
import { messageOf, UsageError } from '../../errors.ts';
import { type Image, image } from '../../image/image.ts';
import { decodeImage } from '../../platform/node/decode-image.ts';
import { describeValue } from '../../text.ts';
import { Refusal } from '../http/refusal.ts';

/** As the protocol has them, without lists and objects: these could go deeper than whatever looks into them can follow. */
const PARAMETERS = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional();

const INFER_REQUEST = z.object({
  id: z.string().max(256).optional(),
  parameters: PARAMETERS,
  inputs: z
    .array(
      z.object({
        name: z.string(),
        shape: z.array(z.int().min(0)).max(8),
        datatype: z.string(),
        parameters: PARAMETERS,
        data: z.unknown().optional(),
      }),
    )
    .min(1)
    .max(16),
  outputs: z
    .array(z.object({ name: z.string(), parameters: PARAMETERS }))
    .max(16)
    .optional(),
});

export type InferRequest = z.output<typeof INFER_REQUEST>;

type InferInput = InferRequest['inputs'][number];

/** The one tensor that every model takes: RGB bytes, or an image's file. */
export const IMAGE_INPUT = { name: 'image', datatype: 'UINT8', shape: [-1, -1, 3] } as const;

export interface ReadRequest {
  readonly request: InferRequest;
  /** What follows the JSON. */
  readonly binary: Uint8Array;
}

/** @throws UsageError if this is no such request. */
export function readInferRequest(body: Uint8Array, headerLength = body.length): ReadRequest {
  if (headerLength > body.length) {
    throw new UsageError(
      `Inference-Header-Content-Length is ${headerLength}, but the body has ${body.length} bytes. Give the length of the JSON alone.`,
    );
  }
  let data: unknown;
  try {
    data = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body.subarray(0, headerLength)));
  } catch (error) {
    const hint =
      body.length === headerLength
        ? ' With binary tensors behind it, Inference-Header-Content-Length says how long the JSON is.'
        : '';
    throw new UsageError(`The request is not JSON (${messageOf(error).slice(0, 120)}).${hint}`);
  }
  const result = INFER_REQUEST.safeParse(data);
  if (!result.success) {
    const problems = result.error.issues
      .slice(0, 8)
      .map(({ path, message }) => `${path.join('.').slice(0, 80) || 'the whole'}: ${message}`);
    throw new UsageError(`The inference request does not fit: ${problems.join('. ')}.`);
  }
  return { request: result.data, binary: body.subarray(headerLength) };
}

/**
 * The image that the request's input is.
 * @throws UsageError or FormatError if it is none, Refusal if it has more pixels than the limit.
 */
export async function readImageInput({ request, binary }: ReadRequest, pixelLimit: number): Promise<Image> {
  const [input, ...others] = request.inputs as [InferInput, ...InferInput[]];
  if (input.name !== IMAGE_INPUT.name || others.length > 0) {
    const names = request.inputs.map(({ name }) => JSON.stringify(name.slice(0, 40))).join(', ');
    throw new UsageError(`The model takes one input, "${IMAGE_INPUT.name}", but got ${names}.`);
  }
  const read = Object.hasOwn(INPUT_READERS, input.datatype) ? INPUT_READERS[input.datatype] : undefined;
  if (!read) {
    throw new UsageError(
      `The input's datatype is UINT8, RGB values [height, width, 3], or BYTES, an image's file [1]; got ${JSON.stringify(input.datatype.slice(0, 40))}.`,
    );
  }
  return read(input, binaryOf(input, binary), pixelLimit);
}

type ReadInput = (input: InferInput, binary: Uint8Array | undefined, pixelLimit: number) => Image | Promise<Image>;

const INPUT_READERS: Readonly<Record<string, ReadInput>> = {
  UINT8({ shape, data }, binary, pixelLimit) {
    const [height, width, channels] = shape.length === 4 && shape[0] === 1 ? shape.slice(1) : shape;
    if (
      shape.length < 3 ||
      shape.length > 4 ||
      channels !== 3 ||
      !height ||
      !width ||
      (shape.length === 4 && shape[0] !== 1)
    ) {
      throw new UsageError(
        `The input's shape is [height, width, 3] or [1, height, width, 3], but got [${shape.join(', ')}]. Send images one by one.`,
      );
    }
    if (height * width > pixelLimit) {
      throw new Refusal(
        413,
        `The input has ${height * width} pixels, more than the ${pixelLimit} allowed. Make it smaller.`,
      );
    }
    const count = height * width * 3;
    const values = binary ?? byteValues(data, count);
    if (values.length !== count) {
      throw new UsageError(`The shape [${shape.join(', ')}] takes ${count} values, but there are ${values.length}.`);
    }
    return image(width, height, values);
  },
  BYTES({ shape }, binary, pixelLimit) {
    if (shape.length !== 1 || shape[0] !== 1 || !binary) {
      throw new UsageError("An image's file is a BYTES tensor of shape [1], sent as binary data (binary_data_size).");
    }
    const length = binary.length < 4 ? -1 : new DataView(binary.buffer, binary.byteOffset).getUint32(0, true);
    if (length !== binary.length - 4) {
      throw new UsageError(
        `A BYTES element begins with its length in 4 bytes, little-endian: here ${binary.length - 4}, but it says ${length}.`,
      );
    }
    return decodeImage(binary.subarray(4), { name: 'The image', pixelLimit });
  },
};

/** What of the binary data belongs to the input; undefined if it comes as JSON. */
function binaryOf({ parameters, data }: InferInput, binary: Uint8Array): Uint8Array | undefined {
  const size = parameters?.binary_data_size;
  if (size === undefined) {
    if (binary.length > 0) {
      throw new UsageError(`${binary.length} bytes follow the JSON, but no input has the parameter binary_data_size.`);
    }
    return undefined;
  }
  if (data !== undefined) throw new UsageError('The input has data and binary_data_size; give one of them.');
  if (size !== binary.length) {
    throw new UsageError(
      `binary_data_size is ${describeValue(size, true)}, but ${binary.length} bytes follow the JSON.`,
    );
  }
  return binary;
}

/** Numbers from lists in lists, row by row, however deep; without recursion, as the depth is the sender's. */
function byteValues(data: unknown, count: number): Uint8Array {
  if (!Array.isArray(data)) throw new UsageError('The input has no data. Give its values as a list.');
  const values = new Uint8Array(count);
  let filled = 0;
  const open: { readonly list: readonly unknown[]; at: number }[] = [{ list: data, at: 0 }];
  for (let top = open.at(-1); top; top = open.at(-1)) {
    if (top.at === top.list.length) {
      open.pop();
      continue;
    }
    const value = top.list[top.at++];
    if (Array.isArray(value)) {
      if (open.length === 4) throw new UsageError('The data is nested deeper than its shape.');
      open.push({ list: value, at: 0 });
      continue;
    }
    if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > 255) {
      throw new UsageError(
        `UINT8 values are whole numbers from 0 to 255, but value ${filled} is ${describeValue(value, true)}.`,
      );
    }
    if (filled < count) values[filled] = value as number;
    filled++;
  }
  if (filled !== count) throw new UsageError(`The shape takes ${count} values, but there are ${filled}.`);
  return values;
}
