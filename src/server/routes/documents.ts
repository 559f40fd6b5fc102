/** GET /openapi.json, and /docs: the same as a page. */
import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { DOCS_STYLE, docsPage } from '../docs-page.ts';
import { pagePolicy } from '../http/security-headers.ts';
import { openApiDocument } from '../openapi.ts';
import type { Service } from '../service.ts';

export function addDocuments(app: FastifyInstance, { version, models }: Service): void {
  const document = openApiDocument(version, [...models.keys()]);
  const page = docsPage(document);
  const policy = pagePolicy(`sha256-${createHash('sha256').update(DOCS_STYLE).digest('base64')}`);
  app.get('/openapi.json', async () => document);
  app.get('/docs', async (_, reply) =>
    reply.type('text/html; charset=utf-8').header('content-security-policy', policy).send(page),
  );
}
