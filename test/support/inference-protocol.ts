/**
 * The contract of the Open Inference Protocol's REST endpoints: the facts of its published OpenAPI document
 * (github.com/kserve/open-inference-protocol, specification/protocol/open_inference_rest.yaml, as of commit 18d5991), which says
 * for each path what answers have. Fields that it does not name may be there.
 */
import * as z from 'zod';

const parameters = z.looseObject({}).optional();
const tensorFacts = { name: z.string(), datatype: z.string(), shape: z.array(z.int()) };

/** Numbers, texts and truths in lists of any depth. */
const tensorData: z.ZodType = z.array(z.lazy(() => z.union([z.number(), z.string(), z.boolean(), tensorData])));

const metadataTensor = z.looseObject(tensorFacts);

export const SCHEMAS = {
  serverMetadata: z.looseObject({ name: z.string(), version: z.string(), extensions: z.array(z.string()) }),
  modelMetadata: z.looseObject({
    name: z.string(),
    versions: z.array(z.string()).optional(),
    platform: z.string(),
    inputs: z.array(metadataTensor).optional(),
    outputs: z.array(metadataTensor).optional(),
  }),
  inferenceRequest: z.looseObject({
    id: z.string().optional(),
    parameters,
    inputs: z.array(z.looseObject({ ...tensorFacts, parameters, data: tensorData })),
    outputs: z.array(z.looseObject({ name: z.string(), parameters })).optional(),
  }),
  inferenceResponse: z.looseObject({
    model_name: z.string(),
    model_version: z.string().optional(),
    id: z.string().optional(),
    parameters,
    outputs: z.array(z.looseObject({ ...tensorFacts, parameters, data: tensorData })),
  }),
  error: z.looseObject({ error: z.string() }),
} as const;

export interface Endpoint {
  /** With MODEL_NAME and MODEL_VERSION where they are to stand. */
  readonly path: string;
  readonly method: 'GET' | 'POST';
  /** What bodies are, by status; undefined where the document asks for none. */
  readonly answers: Readonly<Record<number, z.ZodType | undefined>>;
}

const MODEL = '/v2/models/MODEL_NAME/versions/MODEL_VERSION';
const { serverMetadata, modelMetadata, inferenceResponse, error } = SCHEMAS;

export const ENDPOINTS: readonly Endpoint[] = [
  { path: '/v2/health/live', method: 'GET', answers: { 200: undefined } },
  { path: '/v2/health/ready', method: 'GET', answers: { 200: undefined } },
  { path: `${MODEL}/ready`, method: 'GET', answers: { 200: undefined } },
  { path: '/v2/', method: 'GET', answers: { 200: serverMetadata, 400: error } },
  { path: MODEL, method: 'GET', answers: { 200: modelMetadata } },
  { path: `${MODEL}/infer`, method: 'POST', answers: { 200: inferenceResponse, 400: error } },
];
