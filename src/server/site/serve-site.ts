/** The app on this machine, without engines: images stay in the browser. */
import fastify, { type FastifyInstance } from 'fastify';
import { checkOrigin } from '../http/origin.ts';
import { Refusal } from '../http/refusal.ts';
import { SECURITY_HEADERS } from '../http/security-headers.ts';
import { listenError } from '../listen-error.ts';
import { isLoopback } from '../options.ts';
import { addSiteRoutes } from '../routes/site.ts';
import type { Site } from './site-files.ts';

export interface SiteOptions {
  readonly host: string;
  /** 0 takes one that is free. */
  readonly port: number;
}

export interface RunningSite {
  /** Where it listens, as a browser is given it. */
  readonly url: string;
  close(): Promise<void>;
}

/** @throws UsageError if it cannot listen there. */
export async function serveSite(site: Site, { host, port }: SiteOptions): Promise<RunningSite> {
  const app = fastify({ forceCloseConnections: true }) as unknown as FastifyInstance;
  app.addHook('onRequest', async ({ headers }, reply) => {
    reply.headers(SECURITY_HEADERS);
    checkOrigin(headers, isLoopback(host));
  });
  app.setErrorHandler((error, _, reply) =>
    error instanceof Refusal
      ? reply.code(error.status).send({ error: error.message })
      : reply.code(500).send({ error: 'The file cannot be read.' }),
  );
  app.setNotFoundHandler((_, reply) => reply.code(404).send({ error: 'There is no such file.' }));
  addSiteRoutes(app, site);
  const url = await app.listen({ host, port }).catch((error: NodeJS.ErrnoException) => {
    throw listenError(error, host, port);
  });
  return { url, close: () => app.close() };
}
