/** GET /metrics, for Prometheus. */
import type { FastifyInstance } from 'fastify';
import type { Service } from '../service.ts';

export function addMetricsRoute(app: FastifyInstance, { metrics: { registry } }: Service): void {
  app.get('/metrics', async (_, reply) => reply.type(registry.contentType).send(await registry.metrics()));
}
