/** The Open Inference Protocol, version 2, over HTTP. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ModelFacts } from '../engines/messages.ts';
import { Refusal } from '../http/refusal.ts';
import { MODEL_VERSION } from '../model-names.ts';
import { answerJob, checkRoom, modelNamed, type Service } from '../service.ts';

interface ModelParameters {
  readonly name: string;
  readonly version?: string;
}

export const EXTENSIONS = ['binary_tensor_data'] as const;

export function addInferenceProtocol(app: FastifyInstance, service: Service): void {
  const metadata = { name: 'refinenet', version: service.version, extensions: EXTENSIONS };
  for (const path of ['/v2', '/v2/']) app.get(path, async () => metadata);
  app.get('/v2/health/live', async () => ({ live: true }));
  app.get('/v2/health/ready', async (_, reply) => {
    const ready = isReady(service);
    return reply.code(ready ? 200 : 503).send({ ready });
  });
  for (const path of ['/v2/models/:name', '/v2/models/:name/versions/:version']) {
    app.get(path, async (request) => describe(modelOf(request)));
    app.get(`${path}/ready`, async (request, reply) => {
      const { name } = modelOf(request);
      const ready = isReady(service);
      return reply.code(ready ? 200 : 503).send({ name, ready });
    });
    app.post(`${path}/infer`, {
      async onRequest(request) {
        modelOf(request);
        checkRoom(service);
      },
      async handler(request, reply) {
        const body = request.body as Buffer | undefined;
        if (!Buffer.isBuffer(body)) throw new Refusal(400, 'There is no inference request in the body. Send JSON.');
        const job = { kind: 'infer', model: modelOf(request).name, headerLength: headerLength(request), body } as const;
        return answerJob(service, job, request, reply);
      },
    });
  }

  function modelOf(request: FastifyRequest): ModelFacts {
    const { name, version } = request.params as ModelParameters;
    const model = modelNamed(service, name);
    if (version === undefined || version === MODEL_VERSION) return model;
    throw new Refusal(404, `The model ${name} has one version, ${MODEL_VERSION}.`);
  }
}

const isReady = ({ pool, isDraining }: Service): boolean => pool.ready > 0 && !isDraining();

function describe({ name, classes }: ModelFacts): unknown {
  const datatype = classes.length > 256 ? 'UINT16' : 'UINT8';
  return {
    name,
    versions: [MODEL_VERSION],
    platform: 'refinenet_onnxruntime',
    inputs: [{ name: 'image', datatype: 'UINT8', shape: [-1, -1, 3] }],
    outputs: [
      { name: 'labels', datatype, shape: [-1, -1] },
      { name: 'confidence', datatype: 'FP32', shape: [-1, -1] },
    ],
    parameters: { classes },
  };
}

function headerLength(request: FastifyRequest): number | undefined {
  const text = request.headers['inference-header-content-length'];
  if (text === undefined) return undefined;
  if (typeof text === 'string' && /^\d{1,10}$/.test(text)) return Number(text);
  throw new Refusal(
    400,
    'Inference-Header-Content-Length is the number of bytes of the JSON at the beginning of the body.',
  );
}
