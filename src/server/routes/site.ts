/** The app's files, each at its path. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SITE_POLICY } from '../http/security-headers.ts';
import type { Site, SiteFile } from '../site/site-files.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.md': 'text/markdown; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webp': 'image/webp',
};

export function addSiteRoutes(app: FastifyInstance, site: Site): void {
  for (const [path, source] of site) {
    const answer = (request: FastifyRequest, reply: FastifyReply) => send(path, source, request, reply);
    app.get(`/${path}`, answer);
    if (path === 'index.html') app.get('/', answer);
  }
}

async function send(path: string, source: SiteFile, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  reply
    .type(TYPES[extname(path)] ?? 'application/octet-stream')
    // A worker has the policy that its script came with.
    .header('content-security-policy', SITE_POLICY)
    .header('cache-control', 'no-cache');
  if ('text' in source) return source.text;
  const { size, mtimeMs } = await stat(source.file);
  const tag = `"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`;
  reply.header('etag', tag);
  if (request.headers['if-none-match'] === tag) return reply.code(304).send();
  return reply.header('content-length', size).send(createReadStream(source.file));
}
