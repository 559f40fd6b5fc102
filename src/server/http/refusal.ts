/** A request that is not granted, and what is said to its sender. */

export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  /** @param message goes to the client as it is. */
  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** Answers a body whose type says that it is no image. */
export const unreadType = (type: string): Refusal =>
  new Refusal(
    415,
    `A body of type ${JSON.stringify(type.slice(0, 60))} is not read. Say what it is: Content-Type: image/jpeg, or application/octet-stream for any image (with curl: -H 'Content-Type: image/jpeg').`,
  );
