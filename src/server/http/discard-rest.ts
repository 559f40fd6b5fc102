/** What is left of a body that was refused already. */
import type { IncomingMessage } from 'node:http';

export interface RestLimits {
  readonly milliseconds: number;
  readonly bytes: number;
}

/**
 * Throws away what still comes of a request, whose answer is being sent. A connection that is closed on bytes that nobody took
 * is reset, and with it the answer may be lost before the client reads it (RFC 9112, section 9.6). Beyond the limits it is closed
 * nevertheless.
 */
export function discardRest(request: IncomingMessage, { milliseconds, bytes }: RestLimits): void {
  const { socket } = request;
  const isLast = /close/i.test(request.headers.connection ?? '');
  const timer = setTimeout(() => socket.destroy(), milliseconds);
  timer.unref();
  let length = 0;
  request.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > bytes) socket.destroy();
  });
  // A body that breaks off has been answered.
  request.on('error', () => {});
  request.once('close', () => clearTimeout(timer));
  request.once('end', () => {
    clearTimeout(timer);
    if (isLast) socket.end();
  });
  request.resume();
}
