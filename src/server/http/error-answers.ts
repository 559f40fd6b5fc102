/** What is answered to errors that others throw: the framework, the connection, or a defect of ours. */
import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyRequest } from 'fastify';
import { UsageError } from '../../errors.ts';
import { tooLarge } from './read-body.ts';
import { clientLeft, hasLeft, Refusal, unreadType } from './refusal.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

/** What the framework itself refuses. */
const FRAMEWORK: Readonly<Record<string, (request: FastifyRequest, bodyLimit: number) => Refusal>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ({ headers }) => unreadType(String(headers['content-type'] ?? '')),
  FST_ERR_CTP_BODY_TOO_LARGE: (_, bodyLimit) => tooLarge(bodyLimit),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () => new Refusal(400, 'The body is not as long as Content-Length says.'),
  FST_ERR_MAX_PARAM_LENGTH: () => new Refusal(414, 'A part of the path is too long. Names of models have 64 letters.'),
  FST_ERR_BAD_URL: () => new Refusal(400, 'The path cannot be read: its percent signs encode no text.'),
};

/** The refusal that an error comes to. */
export function refusalOf(error: FastifyError, request: FastifyRequest, bodyLimit: number): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof UsageError) return new Refusal(400, error.message);
  if (hasLeft(request.raw)) return clientLeft();
  const known = FRAMEWORK[error.code];
  if (known) return known(request, bodyLimit);
  if (error.statusCode !== undefined && error.statusCode < 500) {
    return new Refusal(error.statusCode, 'The request cannot be read. See /docs for what there is.');
  }
  return new Refusal(500, 'Something is wrong in the server. Its log has more under the x-request-id of this answer.');
}

const CONNECTION: Readonly<Record<string, () => Refusal>> = {
  ERR_HTTP_REQUEST_TIMEOUT: () => new Refusal(408, 'The request did not come in time.'),
  HPE_HEADER_OVERFLOW: () => new Refusal(431, 'The headers are too large.'),
};

/** The refusal of what came over a connection and is no request yet. */
export const connectionRefusal = (code: string | undefined): Refusal =>
  CONNECTION[code ?? '']?.() ?? new Refusal(400, 'This is no HTTP request.');

/** All of an answer, for a connection that has no request to answer to. */
export function rawAnswer({ status, message }: Refusal, id: string): string {
  const body = JSON.stringify({ error: message });
  const headers = {
    ...SECURITY_HEADERS,
    'x-request-id': id,
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`;
}
