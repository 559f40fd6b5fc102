/** What the routes share. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Answer, EngineJob, ModelFacts } from './engines/messages.ts';
import { type EnginePool, PoolError } from './engines/pool.ts';
import { Refusal } from './http/refusal.ts';
import type { UploadBudget } from './http/read-body.ts';
import type { Metrics } from './metrics.ts';

export interface Service {
  readonly version: string;
  /** By name; the first is meant where none is named. */
  readonly models: ReadonlyMap<string, ModelFacts>;
  readonly pool: EnginePool;
  readonly metrics: Metrics;
  readonly uploads: UploadBudget;
  readonly bodyLimit: number;
  readonly isDraining: () => boolean;
}

/** @throws Refusal if there is no such model. */
export function modelNamed({ models }: Service, name: string | undefined): ModelFacts {
  const found = name === undefined ? models.values().next().value : models.get(name);
  if (found) return found;
  const known = [...models.keys()].join(', ');
  throw new Refusal(404, `There is no model ${JSON.stringify((name ?? '').slice(0, 64))}. The models are ${known}.`);
}

/** @throws Refusal while there is no room: before a body is received that would find none. */
export function checkRoom({ pool }: Service): void {
  if (pool.isFull) throw busy(pool.retryAfter);
}

const busy = (seconds: number): Refusal =>
  new Refusal(429, `The queue is full. Try again in ${seconds} s.`, { 'retry-after': String(seconds) });

const ENDING = [503, 'The server is ending. Ask another one.'] as const;

/** @throws Refusal once the server ends: on connections that are open still, new requests come. */
export function checkOpen({ isDraining }: Service): void {
  if (isDraining()) throw new Refusal(...ENDING);
}

const STATUS: Readonly<Record<Exclude<PoolError['code'], 'full'>, readonly [status: number, message: string]>> = {
  deadline: [504, 'The image was not segmented in time. Send a smaller one, or try again when there is less to do.'],
  failed: [500, 'The engine failed twice over this request. The log has more under its x-request-id.'],
  closed: ENDING,
  left: [499, 'The client has left.'],
};

/** Has a job done and sends its answer, unless the client leaves meanwhile. @throws Refusal if it is not done. */
export async function answerJob(
  service: Service,
  job: EngineJob,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { pool, metrics } = service;
  const controller = new AbortController();
  const onClose = (): void => {
    if (!reply.raw.writableFinished) controller.abort();
  };
  reply.raw.on('close', onClose);
  if (request.raw.socket.destroyed) controller.abort();
  try {
    const { outcome, queued } = await pool.submit(job, controller.signal);
    if ('refusal' in outcome) {
      const { status, message } = outcome.refusal;
      // The protocol knows no finer ones.
      throw new Refusal(job.kind === 'infer' && status === 422 ? 400 : status, message, {}, 'unfit');
    }
    metrics.stages(job.model, { queue: queued, ...outcome.answer.seconds });
    return send(reply, outcome.answer, queued);
  } catch (error) {
    if (!(error instanceof PoolError)) throw error;
    if (error.code === 'full') throw busy(pool.retryAfter);
    request.log.warn({ model: job.model, reason: error.message }, `not done: ${error.code}`);
    throw new Refusal(...STATUS[error.code], {}, error.code);
  } finally {
    reply.raw.off('close', onClose);
  }
}

function send(reply: FastifyReply, { type, headers = {}, body, seconds }: Answer, queued: number): FastifyReply {
  const stages = Object.entries({ queue: queued, ...seconds });
  const timing = stages.map(([stage, value]) => `${stage};dur=${(1000 * value).toFixed(1)}`).join(', ');
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return reply
    .type(type)
    .headers({ ...headers, 'server-timing': timing })
    .send(bytes);
}
