/** What a soak asks for: good requests whose answers are known, bad ones whose refusal is, and clients that behave badly. */
import { gzipSync } from 'node:zlib';
import { request as httpRequest } from 'node:http';

export interface Image {
  readonly name: string;
  readonly bytes: Buffer;
  /** As `predict` writes it. */
  readonly mask: Buffer;
}

/** How a request ended; `wrong` says how its answer was not what it should be. */
export interface Outcome {
  readonly kind: 'good' | 'busy' | 'bad' | 'left' | 'wrong';
  readonly text?: string;
}

interface Reply {
  readonly status: number;
  readonly body: Buffer;
}

interface RequestOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes of each piece in which the body is sent. */
  readonly pieces?: number;
  /** Milliseconds after which the client leaves. */
  readonly leaves?: number;
}

/** One connection a request, which may end it as it likes. */
function ask(url: string, body: Uint8Array, options: RequestOptions = {}): Promise<Reply | 'left'> {
  const { method = 'POST', headers = { 'content-type': 'image/jpeg' }, pieces = body.length || 1, leaves } = options;
  return new Promise((resolve, reject) => {
    const length: Record<string, string> = pieces < body.length ? {} : { 'content-length': String(body.length) };
    const request = httpRequest(url, { method, headers: { ...headers, ...length }, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
      response.on('error', () => resolve('left'));
    });
    let hasLeft = false;
    request.on('error', (error) => (hasLeft ? resolve('left') : reject(error)));
    if (leaves !== undefined) {
      setTimeout(() => {
        hasLeft = true;
        request.destroy();
        resolve('left');
      }, leaves);
    }
    for (let at = 0; at < body.length; at += pieces) request.write(body.subarray(at, at + pieces));
    request.end();
  });
}

type Kind = (url: string, image: Image, random: () => number) => Promise<Outcome>;

const wrong = (text: string): Outcome => ({ kind: 'wrong', text });

/** Judges an answer: a full queue is no fault, everything else than what is expected is one. */
async function expecting(
  reply: Promise<Reply | 'left'>,
  what: string,
  statuses: readonly number[],
  check: (reply: Reply) => boolean = () => true,
): Promise<Outcome> {
  const answer = await reply;
  if (answer === 'left') return { kind: 'left' };
  if (answer.status === 429) return { kind: 'busy' };
  if (!statuses.includes(answer.status))
    return wrong(`${what}: ${answer.status} ${answer.body.toString('utf8', 0, 120)}`);
  if (!check(answer)) return wrong(`${what}: another answer`);
  return { kind: answer.status === 200 ? 'good' : 'bad' };
}

const isJson = ({ body }: Reply, field: string): boolean =>
  Array.isArray((JSON.parse(body.toString()) as Record<string, unknown>)[field]);

const mask: Kind = (url, { bytes, mask: expected, name }) =>
  expecting(ask(`${url}/segment?format=mask`, bytes), `mask of ${name}`, [200], ({ body }) => body.equals(expected));

const bomb = Buffer.from(
  '89504e470d0a1a0a0000000d494844520000ea600000ea600802000000a3a5a5a50000000049454e44ae426082',
  'hex',
);

const refused =
  (
    what: string,
    statuses: readonly number[],
    path: string,
    body: (image: Image) => Uint8Array,
    options: RequestOptions = {},
  ): Kind =>
  (url, image) =>
    expecting(ask(url + path, body(image), options), what, statuses);

/** Kinds of requests with how often they come. */
export const KINDS: readonly { readonly weight: number; readonly run: Kind }[] = [
  { weight: 60, run: mask },
  {
    weight: 6,
    run: (url, { bytes }) =>
      expecting(ask(`${url}/segment`, bytes), 'JSON', [200], (reply) => isJson(reply, 'classes')),
  },
  {
    weight: 4,
    run: (url, { bytes }) =>
      expecting(ask(`${url}/segment?format=geojson&tolerance=1`, bytes), 'GeoJSON', [200], (reply) =>
        isJson(reply, 'features'),
      ),
  },
  {
    weight: 4,
    run: (url, { bytes }) =>
      expecting(ask(`${url}/segment?format=overlay`, bytes), 'overlay', [200], ({ body }) =>
        body.subarray(1, 4).equals(Buffer.from('PNG')),
      ),
  },
  {
    // In pieces of a few bytes, without its length.
    weight: 4,
    run: (url, { bytes, mask: expected, name }) =>
      expecting(
        ask(`${url}/segment?format=mask`, bytes, { pieces: 7 }),
        `mask of ${name} in pieces`,
        [200],
        ({ body }) => body.equals(expected),
      ),
  },
  {
    // Leaves while it sends, while it waits, or while it is answered.
    weight: 6,
    run: async (url, { bytes }, random) => {
      const answer = await ask(`${url}/segment?format=overlay`, bytes, { leaves: 600 * random() });
      return answer === 'left' || [200, 429].includes(answer.status)
        ? { kind: 'left' }
        : wrong(`leaving: ${answer.status}`);
    },
  },
  { weight: 2, run: refused('a text', [422], '/segment', () => Buffer.from('hello, hello')) },
  { weight: 2, run: refused('a JPEG cut off', [422], '/segment', ({ bytes }) => bytes.subarray(0, bytes.length / 2)) },
  { weight: 2, run: refused('a bomb', [413, 422], '/segment', () => bomb) },
  { weight: 1, run: refused('nothing', [400], '/segment', () => Buffer.alloc(0)) },
  { weight: 1, run: refused('a body that is too large', [413], '/segment', () => Buffer.alloc(3 << 20)) },
  {
    weight: 1,
    run: refused('gzip', [415], '/segment', ({ bytes }) => gzipSync(bytes), {
      headers: { 'content-type': 'image/jpeg', 'content-encoding': 'gzip' },
    }),
  },
  { weight: 1, run: refused('an unknown model', [404], '/segment?model=../../etc', ({ bytes }) => bytes) },
  { weight: 1, run: refused('an unknown option', [400], '/segment?frobnicate=1', ({ bytes }) => bytes) },
  {
    weight: 1,
    run: refused('no JSON', [400], '/v2/models/street-scenes/infer', () => Buffer.from('{'), {
      headers: { 'content-type': 'application/json' },
    }),
  },
  {
    weight: 1,
    run: refused('JSON without end', [400], '/v2/models/street-scenes/infer', () => Buffer.from('['.repeat(100_000)), {
      headers: { 'content-type': 'application/json' },
    }),
  },
];
