/** The server: engines in processes of their own behind an HTTP application. */
import { pino } from 'pino';
import { RefineNetError } from '../errors.ts';
import { packageManifest } from '../platform/node/package.ts';
import { createApp } from './app.ts';
import { EnginePool, type PoolEvent } from './engines/pool.ts';
import { EngineProcess } from './engines/process.ts';
import { UploadBudget } from './http/read-body.ts';
import { listenError } from './listen-error.ts';
import { createMetrics } from './metrics.ts';
import { ENGINE_WIDTH, engineMemory, engineThreads, isLoopback, type ServerOptions, uploadBudget } from './options.ts';
import { pixelLimitOf } from './pixel-limit.ts';
import type { Service } from './service.ts';
import { isSiteBuilt, siteFiles } from './site/site-files.ts';

export interface RunningServer {
  /** Where it listens, as a browser is given it. */
  readonly url: string;
  readonly models: readonly string[];
  /** What computes. */
  readonly provider: string;
  /** Refuses what is new, finishes what was accepted, and ends the engines. */
  close(): Promise<void>;
  /** Ends the engines at once, and with them what was accepted. */
  kill(): void;
}

/** Milliseconds without a sign of life that no engine is ended for: several of its heartbeats, which a busy machine delays. */
const LEAST_HANG = 2000;
/** Milliseconds that loading the models may take. */
const START_LIMIT = 300_000;
/** Milliseconds that an engine may still compute for nobody: a run of the network ends by itself alone. */
const GRACE = 10_000;

/**
 * Starts a server, once an engine has loaded the models.
 * @param log takes the lines of the log, JSON each.
 * @throws RefineNetError if the models cannot be loaded; Node's error if it cannot listen there.
 */
export async function startServer(options: ServerOptions, log: { write(line: string): void }): Promise<RunningServer> {
  const logger = pino({ base: { pid: process.pid } }, log);
  const { engines, queue, timeout, host, port } = options;
  const pixelLimit = await pixelLimitOf(options);
  const configuration = { ...options.engine, pixelLimit };
  const limits = {
    hang: Math.max((timeout * 1000) / 2, LEAST_HANG),
    start: START_LIMIT,
    memory: engineMemory(engines),
    threads: engineThreads(engines),
  };
  const pool = new EnginePool({
    engines,
    queue,
    width: ENGINE_WIDTH,
    deadline: timeout * 1000,
    grace: GRACE,
    startEngine: (listener) => new EngineProcess(configuration, limits, listener),
    onEvent: (event) => EVENTS[event.type](event as never),
  });
  const uploads = new UploadBudget(uploadBudget(options));
  const metrics = createMetrics(pool, () => uploads.held);
  const EVENTS: { readonly [Type in PoolEvent['type']]: (event: Extract<PoolEvent, { type: Type }>) => void } = {
    ready({ pid, remarks }) {
      logger.info({ engine: pid }, 'engine ready');
      for (const remark of remarks) logger.warn({ engine: pid }, remark);
    },
    ended({ pid, reason, detail }) {
      metrics.engineEnded(reason);
      logger.error(
        { engine: pid, reason, detail },
        isServing ? 'engine ended; another one is started' : 'engine ended before it was ready',
      );
    },
    retry({ reason }) {
      metrics.retried();
      logger.warn({ reason }, 'request is begun anew');
    },
  };
  let [isServing, isDraining] = [false, false];
  try {
    const models = await pool.start().catch((error: Error) => {
      throw new RefineNetError(startError(error.message));
    });
    isServing = true;
    const service: Service = {
      version: packageManifest().version,
      models: new Map(models.map((model) => [model.name, model])),
      pool,
      metrics,
      uploads,
      bodyLimit: options.bodyLimit,
      isDraining: () => isDraining,
    };
    const site = (await isSiteBuilt()) ? await siteFiles(options.engine.models) : undefined;
    const app = await createApp(service, options, logger, site);
    const url = await app.listen({ host, port }).catch((error: NodeJS.ErrnoException) => {
      throw listenError(error, host, port);
    });
    if (!isLoopback(host) && options.apiKeys.length === 0) {
      logger.warn(
        { host },
        'everybody who reaches this address may use the server: give it --api-key, or bind it to 127.0.0.1',
      );
    }
    logger.info({ url, engines, queue, timeout, pixelLimit, bodyLimit: options.bodyLimit }, 'serving');
    return {
      url,
      models: models.map(({ name }) => name),
      provider: models[0]?.provider ?? '',
      async close() {
        isDraining = true;
        logger.info({ queued: pool.queued, running: pool.running }, 'draining');
        await app.close();
        await pool.close();
        logger.info('drained');
      },
      kill: () => pool.kill(),
    };
  } catch (error) {
    pool.kill();
    throw error;
  }
}

/** An engine that can say why it does not start has said it; one that was ended has not. */
function startError(detail: string): string {
  if (!/^(SIG[A-Z]+|exit code \S+)$/.test(detail)) return detail;
  return `The engine ended while it loaded the models (${detail}), which mostly means that memory ran out. Serve fewer or smaller models, or give it more memory.`;
}
