/** What the server counts, for Prometheus. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { StageSeconds } from './engines/messages.ts';
import type { EnginePool } from './engines/pool.ts';

export interface Metrics {
  readonly registry: Registry;
  /** A request is answered. `route` is a pattern, never what was typed. */
  request(route: string, status: number, seconds: number): void;
  stages(model: string, seconds: StageSeconds & { readonly queue: number }): void;
  /** A request is not granted, whatever the reason. */
  rejected(reason: string): void;
  engineEnded(reason: string): void;
  retried(): void;
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

export function createMetrics(
  pool: Pick<EnginePool, 'queued' | 'running' | 'ready' | 'engines'>,
  heldBytes: () => number,
): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const gauge = (name: string, help: string, value: () => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  };
  gauge('refinenet_queue_length', 'Requests that wait for an engine.', () => pool.queued);
  gauge('refinenet_running', 'Requests that engines work on.', () => pool.running);
  gauge('refinenet_engines_ready', 'Engines that can take requests.', () => pool.ready);
  gauge('refinenet_upload_bytes', 'Bytes of bodies that are being received.', heldBytes);
  gauge('refinenet_engines_resident_bytes', 'Resident memory of all engines.', () =>
    pool.engines.reduce((sum, { residentBytes }) => sum + residentBytes, 0),
  );
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Counter<Label>({ name, help, labelNames, registers });
  const requests = counter('refinenet_requests_total', 'Requests that were answered.', ['route', 'status']);
  const rejections = counter('refinenet_rejected_total', 'Requests that were not granted, by reason.', ['reason']);
  const ends = counter('refinenet_engine_ends_total', 'Engines that ended and were replaced, by reason.', ['reason']);
  const retries = counter('refinenet_retries_total', 'Requests that were begun anew because their engine ended.', []);
  const requestSeconds = new Histogram({
    name: 'refinenet_request_seconds',
    help: 'Seconds from a request to its answer.',
    labelNames: ['route'],
    buckets: SECONDS,
    registers,
  });
  const stageSeconds = new Histogram({
    name: 'refinenet_stage_seconds',
    help: 'Seconds that a request spent in a stage: queue, decode, compute, encode.',
    labelNames: ['stage', 'model'],
    buckets: SECONDS,
    registers,
  });
  return {
    registry,
    request(route, status, seconds) {
      requests.inc({ route, status });
      requestSeconds.observe({ route }, seconds);
    },
    stages(model, seconds) {
      for (const [stage, value] of Object.entries(seconds)) stageSeconds.observe({ stage, model }, value);
    },
    rejected: (reason) => rejections.inc({ reason }),
    engineEnded: (reason) => ends.inc({ reason }),
    retried: () => retries.inc(),
  };
}
