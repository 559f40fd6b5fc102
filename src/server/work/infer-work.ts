/** An inference of the Open Inference Protocol: an image's tensor to those of its labels and confidence. */
import { UsageError } from '../../errors.ts';
import { throwIfAborted } from '../../inference/segment-options.ts';
import type { Segmentation } from '../../inference/segmentation/segmentation.ts';
import { bytesOf, type Tensor, tensor } from '../../tensor/tensor.ts';
import type { Answer, EngineJob } from '../engines/messages.ts';
import { MODEL_VERSION } from '../model-names.ts';
import { type InferRequest, readImageInput, readInferRequest } from './infer-request.ts';
import { numbersInPieces } from './numbers-in-pieces.ts';
import { segmentInTurn, type WorkContext } from './work.ts';

type InferJob = Extract<EngineJob, { kind: 'infer' }>;

type OutputTensor = Tensor<'uint8' | 'uint16' | 'float32'>;

/** What a model gives, in the order in which it is given. */
const OUTPUTS: Readonly<Record<string, (segmentation: Segmentation, shape: readonly number[]) => OutputTensor>> = {
  labels: ({ labels: { data } }, shape) =>
    data instanceof Uint8Array ? tensor('uint8', shape, data) : tensor('uint16', shape, data),
  confidence: ({ confidence }, shape) => tensor('float32', shape, confidence as Float32Array),
};

export const OUTPUT_TENSOR_NAMES: readonly string[] = Object.keys(OUTPUTS);

const DATATYPES = { uint8: 'UINT8', uint16: 'UINT16', float32: 'FP32' } as const;

/** @throws FormatError, UsageError, ShapeError and Refusal if the request is at fault. */
export async function inferWork({ model, headerLength, body }: InferJob, context: WorkContext): Promise<Answer> {
  const { pixelLimit, signal, stopwatch } = context;
  const { request, image } = await stopwatch.during('decode', async () => {
    const read = readInferRequest(body, headerLength);
    return { request: read.request, image: await readImageInput(read, pixelLimit) };
  });
  const wanted = wantedOutputs(request);
  const { segmentation } = await segmentInTurn(image, model, {}, context);
  throwIfAborted(signal);
  const { width, height } = image;
  const batch = request.inputs[0]?.shape.length === 4 ? [1] : [];
  return stopwatch.during('encode', async () => {
    const tensors = wanted.map(({ name, isBinary }) => ({
      name,
      isBinary,
      value: (OUTPUTS[name] as (typeof OUTPUTS)[string])(segmentation, [...batch, height, width]),
    }));
    return { ...(await encodeResponse(model, request.id, tensors, signal)), seconds: stopwatch.seconds };
  });
}

interface WantedOutput {
  readonly name: string;
  readonly isBinary: boolean;
}

/** All where none is named. @throws UsageError naming those that do not exist. */
function wantedOutputs({ outputs, parameters }: InferRequest): readonly WantedOutput[] {
  const isBinary = parameters?.binary_data_output === true;
  if (!outputs || outputs.length === 0) return OUTPUT_TENSOR_NAMES.map((name) => ({ name, isBinary }));
  const unknown = outputs.filter(({ name }) => !Object.hasOwn(OUTPUTS, name));
  if (unknown.length > 0) {
    const names = unknown.map(({ name }) => JSON.stringify(name.slice(0, 40))).join(', ');
    throw new UsageError(`There is no output ${names}; the model gives ${OUTPUT_TENSOR_NAMES.join(' and ')}.`);
  }
  return outputs.map(({ name, parameters: own }) => ({
    name,
    isBinary: typeof own?.binary_data === 'boolean' ? own.binary_data : isBinary,
  }));
}

async function encodeResponse(
  model: string,
  id: string | undefined,
  tensors: readonly (WantedOutput & { readonly value: OutputTensor })[],
  signal: WorkContext['signal'],
): Promise<Omit<Answer, 'seconds'>> {
  const encoder = new TextEncoder();
  const json: Uint8Array[] = [];
  const add = (text: string) => json.push(encoder.encode(text));
  const head = { model_name: model, model_version: MODEL_VERSION, ...(id !== undefined && { id }) };
  add(`${opened(head)},"outputs":[`);
  for (const [index, { name, isBinary, value }] of tensors.entries()) {
    const { dtype, shape, data } = value;
    const parameters = isBinary ? { parameters: { binary_data_size: data.byteLength } } : {};
    add(`${index > 0 ? ',' : ''}${opened({ name, shape, datatype: DATATYPES[dtype], ...parameters })}`);
    if (!isBinary) {
      add(',"data":[');
      for await (const text of numbersInPieces(data)) {
        throwIfAborted(signal);
        add(text);
      }
      add(']');
    }
    add('}');
  }
  add(']}');
  const binary = tensors.filter(({ isBinary }) => isBinary).map(({ value }) => bytesOf(value));
  if (binary.length === 0) return { type: 'application/json', body: Buffer.concat(json) };
  const length = json.reduce((sum, bytes) => sum + bytes.length, 0);
  return {
    type: 'application/octet-stream',
    headers: { 'inference-header-content-length': String(length) },
    body: Buffer.concat([...json, ...binary]),
  };
}

/** An object's JSON without its end, so that more can be added. */
const opened = (fields: object): string => JSON.stringify(fields).slice(0, -1);
