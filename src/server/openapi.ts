/** The server's own description, OpenAPI 3.1. */
import { ANSWER_FORMATS } from './answer-formats.ts';
import { QUERY_FIELDS } from './segment-query.ts';

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface Operation {
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly [key: string]: unknown }[];
  readonly requestBody?: unknown;
  readonly responses: Readonly<Record<string, unknown>>;
}

export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: unknown;
}

const FIELD_DESCRIPTIONS: Readonly<Record<string, string>> = {
  model: 'the model; the first one where none is named',
  scales: 'run at several sizes and average: 0.75,1,1.25',
  flip: 'run each size also mirrored, and average',
  protocol: 'sizes and averaging as in a publication',
  tile: 'run the image tile by tile: the longest side of one, in pixels',
  overlap: 'what neighboring tiles share, in pixels',
  regions: 'what documents list: each class or each component',
  'minimum-pixels': 'leave smaller regions out of documents',
  tolerance: 'how far polygons may stray from edges, in pixels',
  opacity: 'of the colors in the overlay',
};

/** What each refusal means, and its status. */
const REFUSALS: Readonly<Record<string, string>> = {
  400: 'An option or the request is wrong; the answer says which and how.',
  401: 'The key is missing or wrong.',
  403: "A browser sent this for another site's page.",
  404: 'There is no such model.',
  406: 'Nothing that Accept names can be given.',
  413: 'The body or the image is too large.',
  415: "The body's type is not read, or it is compressed.",
  422: 'The body is no image that can be read, or too small.',
  429: 'The queue is full. Retry-After says when to try again.',
  500: 'The engine failed twice over this request.',
  503: 'The server is ending, or no engine is ready.',
  504: 'The image was not segmented in time.',
};

const ERROR = { content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } };

const refusals = (...statuses: readonly number[]) =>
  Object.fromEntries(statuses.map((status) => [status, { description: REFUSALS[status], ...ERROR }]));

const json = (description: string, schema: Json) => ({ description, content: { 'application/json': { schema } } });

const TENSOR = {
  type: 'object',
  required: ['name', 'shape', 'datatype'],
  properties: {
    name: { type: 'string' },
    shape: { type: 'array', items: { type: 'integer' } },
    datatype: { type: 'string' },
    parameters: { type: 'object' },
    data: {
      type: 'array',
      description: 'values row by row, flat or nested; left out where binary_data_size says that they follow the JSON',
    },
  },
} as const;

const READY = { type: 'object', properties: { name: { type: 'string' }, ready: { type: 'boolean' } } } as const;

/** @param models the names of the served models. */
export function openApiDocument(version: string, models: readonly string[]): OpenApiDocument {
  const types = [...new Set(ANSWER_FORMATS.map(({ type }) => type))];
  const parameters = [
    {
      name: 'format',
      in: 'query',
      description: 'what to answer with, in place of Accept',
      schema: { type: 'string', enum: ANSWER_FORMATS.map(({ name }) => name) },
    },
    ...QUERY_FIELDS.map(({ name, schema }) => ({
      name,
      in: 'query',
      description: FIELD_DESCRIPTIONS[name] ?? '',
      schema: name === 'model' ? { ...schema, enum: models } : schema,
      ...(schema.type === 'array' && { style: 'form', explode: false }),
    })),
  ];
  return {
    openapi: '3.1.0',
    info: { title: 'refinenet serve', version, description: 'A class for every pixel of an image.' },
    paths: {
      '/segment': {
        post: {
          summary: 'Segment an image',
          description: `Formats: ${ANSWER_FORMATS.map(({ name, description }) => `${name}: ${description}`).join('; ')}. Of formats that share a media type, Accept takes the first, or the one in its format parameter: application/json;format=rle.`,
          parameters,
          requestBody: {
            required: true,
            content: {
              'image/*': { schema: { type: 'string', format: 'binary' } },
              'application/octet-stream': { schema: { type: 'string', format: 'binary' } },
              'multipart/form-data': {
                schema: {
                  type: 'object',
                  required: ['image'],
                  properties: { image: { type: 'string', format: 'binary' }, format: { type: 'string' } },
                },
              },
            },
          },
          responses: {
            200: {
              description: 'The segmentation. Server-Timing has the milliseconds of each stage.',
              content: Object.fromEntries(types.map((type) => [type, {}])),
            },
            ...refusals(400, 401, 403, 404, 406, 413, 415, 422, 429, 500, 503, 504),
          },
        },
      },
      '/v2': {
        get: {
          summary: 'The server: name, version, extensions (Open Inference Protocol)',
          responses: { 200: json('What it is.', { type: 'object' }) },
        },
      },
      '/v2/health/live': {
        get: { summary: 'Whether the server lives', responses: { 200: json('It does.', { type: 'object' }) } },
      },
      '/v2/health/ready': {
        get: {
          summary: 'Whether an engine is ready',
          responses: { 200: json('One is.', READY), 503: json('None is, or the server is ending.', READY) },
        },
      },
      ...Object.assign({}, ...['/v2/models/{name}', '/v2/models/{name}/versions/{version}'].map(modelPaths)),
      '/metrics': {
        get: {
          summary: 'Figures for Prometheus',
          responses: { 200: { description: 'Text in its format.', content: { 'text/plain': {} } }, ...refusals(401) },
        },
      },
    },
    components: {
      schemas: {
        Error: { type: 'object', required: ['error'], properties: { error: { type: 'string' } } },
        Tensor: TENSOR,
      },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        header: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      },
    },
  };
}

function modelPaths(path: string): Readonly<Record<string, Readonly<Record<string, Operation>>>> {
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name: name as string,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  return {
    [path]: {
      get: {
        summary: "A model's tensors and classes",
        parameters,
        responses: { 200: json('What it takes and gives.', { type: 'object' }), ...refusals(404) },
      },
    },
    [`${path}/ready`]: {
      get: {
        summary: 'Whether a model is ready',
        parameters,
        responses: { 200: json('It is.', READY), ...refusals(404, 503) },
      },
    },
    [`${path}/infer`]: {
      post: {
        summary: 'Segment a tensor (Open Inference Protocol)',
        description:
          "One input, image: UINT8 [height, width, 3], or BYTES [1] with an image's file as binary data. Outputs: labels and confidence. Binary tensors follow the JSON, whose length Inference-Header-Content-Length has.",
        parameters,
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['inputs'],
                properties: {
                  id: { type: 'string' },
                  parameters: { type: 'object' },
                  inputs: { type: 'array', items: { $ref: '#/components/schemas/Tensor' } },
                  outputs: { type: 'array', items: { type: 'object', required: ['name'] } },
                },
              },
            },
            'application/octet-stream': {},
          },
        },
        responses: {
          200: json('The outputs.', {
            type: 'object',
            required: ['model_name', 'outputs'],
            properties: {
              model_name: { type: 'string' },
              model_version: { type: 'string' },
              id: { type: 'string' },
              outputs: { type: 'array', items: { $ref: '#/components/schemas/Tensor' } },
            },
          }),
          ...refusals(400, 401, 404, 413, 415, 429, 500, 503, 504),
        },
      },
    },
  };
}
