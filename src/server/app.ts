/** The HTTP application: what holds for every request, and the routes. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import multipart from '@fastify/multipart';
import fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import type { Logger } from 'pino';
import { SERVER } from '../limits.ts';
import { keyChecker } from './http/api-key.ts';
import { checkOrigin } from './http/origin.ts';
import { discardRest } from './http/discard-rest.ts';
import { connectionRefusal, rawAnswer, refusalOf } from './http/error-answers.ts';
import { readBody, tooLarge } from './http/read-body.ts';
import { Refusal } from './http/refusal.ts';
import { SECURITY_HEADERS } from './http/security-headers.ts';
import { isLoopback, type ServerOptions } from './options.ts';
import { addDocuments } from './routes/documents.ts';
import { addInferenceProtocol } from './routes/inference-protocol.ts';
import { addMetricsRoute } from './routes/metrics.ts';
import { addSegmentRoute } from './routes/segment.ts';
import { addSiteRoutes } from './routes/site.ts';
import { checkOpen, type Service } from './service.ts';
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
  const { metrics } = service;
  /** Notes the answer to what is no request of a route. */
  const answered = ({ refusal, log, method }: { refusal: Refusal; log: FastifyBaseLogger; method?: string }): void => {
    metrics.rejected(refusal.reason);
    metrics.request('none', refusal.status, 0);
    log.info({ ...(method && { method }), route: 'none', status: refusal.status }, 'answered');
  };
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit,
    genReqId: ({ headers }) => givenId(headers['x-request-id']) ?? randomUUID(),
    // The framework's own answer while it ends has another form than ours.
    return503OnClosing: false,
    requestTimeout: uploadTimeout * 1000,
    // Of a socket on which nothing moves: longer than any answer takes.
    connectionTimeout: (uploadTimeout + timeout + 5) * 1000,
    // Longer than proxies keep theirs, so that they never use one that is being closed.
    keepAliveTimeout: 75_000,
    http: { headersTimeout: Math.min(SERVER.headerSeconds, uploadTimeout) * 1000 },
    routerOptions: { maxParamLength: 64 },
    clientErrorHandler(error, socket) {
      if (error.code === 'ECONNRESET' || !socket.writable) return socket.destroy();
      const refusal = connectionRefusal(error.code);
      const id = randomUUID();
      answered({ refusal, log: logger.child({ reqId: id }) });
      socket.end(rawAnswer(refusal, id));
    },
    // What the router cannot read meets none of the hooks below.
    frameworkErrors(error, request, reply) {
      const refusal = refusalOf(error, request, bodyLimit);
      answered({ refusal, log: request.log, method: request.method });
      const headers = { ...SECURITY_HEADERS, 'x-request-id': request.id, ...withoutRest(request.raw) };
      (reply as unknown as FastifyReply).code(refusal.status).headers(headers).send({ error: refusal.message });
    },
  }) as unknown as FastifyInstance;

  const hasKey = keyChecker(apiKeys);
  const isLocal = isLoopback(host) && apiKeys.length === 0;
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(SECURITY_HEADERS).header('x-request-id', request.id);
    const isOpen = OPEN.test(request.routeOptions.url ?? '');
    if (!isOpen) checkOpen(service);
    if (apiKeys.length > 0 && !isOpen && !hasKey(request.headers)) {
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
    metrics.request(route, reply.statusCode, seconds);
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
    metrics.rejected(refusal.reason);
    if (refusal.status >= 500 && !(error instanceof Refusal)) request.log.error({ err: error }, 'defect');
    const headers = { ...refusal.headers, ...withoutRest(request.raw) };
    return reply.code(refusal.status).headers(headers).send({ error: refusal.message });
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

/** Throws away what is still to come of a refused request's body; the answer's headers for it. */
function withoutRest(request: IncomingMessage): Readonly<Record<string, string>> {
  if (request.complete) return {};
  discardRest(request, REST);
  // Otherwise the connection is closed after the answer where the client wants no other.
  return { connection: 'keep-alive' };
}

const REST = { milliseconds: SERVER.restSeconds * 1000, bytes: SERVER.restBytes };

function givenId(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' && /^[\w.-]{1,64}$/.test(header) ? header : undefined;
}
