/** The HTTP application: what holds for every request, and the routes. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import multipart from '@fastify/multipart';
import fastify, { type FastifyError, type FastifyInstance, type FastifyRequest, LogController } from 'fastify';
import type { Logger } from 'pino';
import { UsageError } from '../errors.ts';
import { SERVER } from '../limits.ts';
import { keyChecker } from './http/api-key.ts';
import { checkOrigin } from './http/origin.ts';
import { discardRest } from './http/discard-rest.ts';
import { readBody, tooLarge } from './http/read-body.ts';
import { Refusal, unreadType } from './http/refusal.ts';
import { SECURITY_HEADERS } from './http/security-headers.ts';
import { isLoopback, type ServerOptions } from './options.ts';
import { addDocuments } from './routes/documents.ts';
import { addInferenceProtocol } from './routes/inference-protocol.ts';
import { addMetricsRoute } from './routes/metrics.ts';
import { addSegmentRoute } from './routes/segment.ts';
import { addSiteRoutes } from './routes/site.ts';
import type { Service } from './service.ts';
import type { Site } from './site/site-files.ts';

type AppOptions = Pick<ServerOptions, 'host' | 'bodyLimit' | 'apiKeys' | 'uploadTimeout' | 'timeout'>;

/** What probes ask, who bring no key. */
const OPEN = /^\/v2\/health\/(live|ready)$/;

/** Types that a body may have. An image's own kind is told by its bytes. */
const BODY_TYPES = [/^image\/[\w.+-]+$/, 'application/octet-stream', 'application/json'];

/** @param site the app, where it is built; without it `/` leads to the documents. */
export async function createApp(
  service: Service,
  options: AppOptions,
  logger: Logger,
  site?: Site,
): Promise<FastifyInstance> {
  const { bodyLimit, apiKeys, uploadTimeout, timeout, host } = options;
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit,
    genReqId: ({ headers }) => givenId(headers['x-request-id']) ?? randomUUID(),
    requestTimeout: uploadTimeout * 1000,
    // Of a socket on which nothing moves: longer than any answer takes.
    connectionTimeout: (uploadTimeout + timeout + 5) * 1000,
    // Longer than proxies keep theirs, so that they never use one that is being closed.
    keepAliveTimeout: 75_000,
    http: { headersTimeout: Math.min(SERVER.headerSeconds, uploadTimeout) * 1000 },
    routerOptions: { maxParamLength: 64 },
    clientErrorHandler(error, socket) {
      if (error.code === 'ECONNRESET' || !socket.writable) return socket.destroy();
      const [status, message] = CONNECTION_ERRORS[error.code ?? ''] ?? ['400 Bad Request', 'This is no HTTP request.'];
      const body = JSON.stringify({ error: message });
      socket.end(
        `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
      );
    },
  }) as unknown as FastifyInstance;

  const hasKey = keyChecker(apiKeys);
  const isLocal = isLoopback(host) && apiKeys.length === 0;
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(SECURITY_HEADERS).header('x-request-id', request.id);
    if (apiKeys.length > 0 && !OPEN.test(request.routeOptions.url ?? '') && !hasKey(request.headers)) {
      throw new Refusal(401, 'This server wants a key: Authorization: Bearer KEY, or X-API-Key: KEY.', {
        'www-authenticate': 'Bearer realm="refinenet"',
      });
    }
    checkOrigin(request.headers, isLocal);
    // A body that does not say what it is may be any image.
    request.headers['content-type'] ??= 'application/octet-stream';
    const encoding = request.headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity') {
      throw new Refusal(415, 'Compressed bodies are not read. Send the image as it is, without Content-Encoding.');
    }
    if (Number(request.headers['content-length'] ?? 0) > bodyLimit + SERVER.formBytes) throw tooLarge(bodyLimit);
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    const seconds = reply.elapsedTime / 1000;
    service.metrics.request(route, reply.statusCode, seconds);
    const { method } = request;
    const bytes = Number(request.headers['content-length'] ?? 0);
    request.log.info(
      { method, route, status: reply.statusCode, bytes, seconds: Number(seconds.toFixed(4)) },
      'answered',
    );
  });

  app.removeAllContentTypeParsers();
  for (const type of BODY_TYPES) {
    app.addContentTypeParser(type, (_request: FastifyRequest, payload: IncomingMessage) =>
      readBody(payload, bodyLimit, service.uploads),
    );
  }
  await app.register(multipart);

  app.setErrorHandler((error: FastifyError, request, reply) => {
    const refusal = refusalOf(error, request, bodyLimit);
    if (refusal.status >= 500 && !(error instanceof Refusal)) request.log.error({ err: error }, 'defect');
    if (!request.raw.complete) {
      // Otherwise the connection is closed after the answer where the client wants no other.
      reply.header('connection', 'keep-alive');
      discardRest(request.raw, REST);
    }
    return reply.code(refusal.status).headers(refusal.headers).send({ error: refusal.message });
  });
  app.setNotFoundHandler((request) => {
    throw new Refusal(
      404,
      `There is no ${request.method} ${request.url.split('?')[0]?.slice(0, 80)}. /docs lists what there is.`,
    );
  });

  addSegmentRoute(app, service);
  addInferenceProtocol(app, service);
  addMetricsRoute(app, service);
  addDocuments(app, service);
  if (site) addSiteRoutes(app, site);
  else app.get('/', async (_, reply) => reply.redirect('/docs'));
  return app;
}

const REST = { milliseconds: SERVER.restSeconds * 1000, bytes: SERVER.restBytes };

function givenId(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' && /^[\w.-]{1,64}$/.test(header) ? header : undefined;
}

const CONNECTION_ERRORS: Readonly<Record<string, readonly [status: string, message: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request did not come in time.'],
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'The headers are too large.'],
};

/** What the framework itself refuses. */
const FRAMEWORK: Readonly<Record<string, (request: FastifyRequest, bodyLimit: number) => Refusal>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ({ headers }) => unreadType(String(headers['content-type'] ?? '')),
  FST_ERR_CTP_BODY_TOO_LARGE: (_, bodyLimit) => tooLarge(bodyLimit),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () => new Refusal(400, 'The body is not as long as Content-Length says.'),
};

function refusalOf(error: FastifyError, request: FastifyRequest, bodyLimit: number): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof UsageError) return new Refusal(400, error.message);
  const known = FRAMEWORK[error.code];
  if (known) return known(request, bodyLimit);
  if (error.statusCode !== undefined && error.statusCode < 500) {
    return new Refusal(error.statusCode, 'The request cannot be read. See /docs for what there is.');
  }
  return new Refusal(500, 'Something is wrong in the server. Its log has more under the x-request-id of this answer.');
}
