/** A request that is not granted, and what is said to its sender. */

import type { IncomingMessage } from 'node:http';

export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** What it is counted as. */
  readonly reason: string;

  /**
   * @param message goes to the client as it is.
   * @param reason what it is counted as, where its status does not say it.
   */
  constructor(
    status: number,
    message: string,
    headers: Readonly<Record<string, string>> = {},
    reason: string = REASONS[status] ?? 'request',
  ) {
    super(message);
    this.status = status;
    this.headers = headers;
    this.reason = reason;
  }
}

/** What refusals are counted as, by their status; all others are `request`. */
const REASONS: Readonly<Record<number, string>> = {
  401: 'key',
  403: 'origin',
  404: 'unknown',
  408: 'timeout',
  413: 'size',
  415: 'type',
  422: 'unfit',
  429: 'queue',
  499: 'left',
  500: 'failed',
  503: 'closed',
  504: 'deadline',
};

/** Whether the connection ended before all of a request had come. */
export const hasLeft = ({ destroyed, complete }: Pick<IncomingMessage, 'destroyed' | 'complete'>): boolean =>
  destroyed && !complete;

/** Nobody reads it; it is counted and logged. */
export const clientLeft = (): Refusal => new Refusal(499, 'The client has left.');

/** Answers a body whose type says that it is no image. */
export const unreadType = (type: string): Refusal =>
  new Refusal(
    415,
    `A body of type ${JSON.stringify(type.slice(0, 60))} is not read. Say what it is: Content-Type: image/jpeg, or application/octet-stream for any image (with curl: -H 'Content-Type: image/jpeg').`,
  );
