/** `refinenet serve` over real sockets: what it answers, and what it refuses. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { decode as decodePng } from 'fast-png';
import { unzipSync } from 'fflate';
import { parse as parseNpy } from 'npyjs';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OUTPUT_FORMATS } from '../../src/inference/outputs/index.ts';
import { ENDPOINTS, SCHEMAS } from '../support/inference-protocol.ts';
import { runCli } from '../support/run-cli.ts';
import { post, startServer, type TestServer } from '../support/server.ts';
import { temporaryFolder, waves, wavesPng, writeSyntheticModel } from '../support/synthetic-model.ts';

const [WIDTH, HEIGHT] = [64, 48];

let folder: string;
let server: TestServer;
let png: Buffer;
let jpeg: Buffer;
beforeAll(async () => {
  folder = await temporaryFolder();
  png = await wavesPng(WIDTH, HEIGHT);
  jpeg = await sharp(waves(WIDTH, HEIGHT), { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
    .jpeg()
    .toBuffer();
  const model = await writeSyntheticModel(folder);
  server = await startServer([model, `second=${model}`, '--body-limit', '1', '--pixel-limit', '100000']);
});
afterAll(async () => {
  await server.end();
  await rm(folder, { recursive: true, force: true });
});

const segment = (
  query = '',
  body: Uint8Array | FormData | string = png,
  headers: Readonly<Record<string, string>> = { 'content-type': 'image/png' },
) => post(`${server.url}/segment${query}`, body, headers);
const bytesOf = async (answer: Response): Promise<Buffer> => Buffer.from(await answer.arrayBuffer());
const refusal = async (answer: Response): Promise<readonly [number, string]> => [
  answer.status,
  ((await answer.json()) as { error: string }).error,
];

describe('POST /segment', () => {
  test('answers with the classes as JSON, where nothing else is asked for', async () => {
    const answer = await segment();
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
    const { classes, ...rest } = (await answer.json()) as { classes: { pixels: number }[] };
    expect(rest).toEqual({ width: WIDTH, height: HEIGHT, model: 'model', provider: 'CPUExecutionProvider' });
    expect(classes.reduce((sum, { pixels }) => sum + pixels, 0)).toBe(WIDTH * HEIGHT);
    expect(answer.headers.get('server-timing')).toMatch(/^queue;dur=[\d.]+, decode;dur=.*compute;dur=.*encode;dur=/);
  });

  test('gives the mask that predict writes, byte for byte', async () => {
    const photo = join(folder, 'photo.png');
    await writeFile(photo, png);
    await runCli(['predict', photo, '--model', join(folder, 'model'), '--output', join(folder, 'out')]);
    const mask = await bytesOf(await segment('?format=mask'));
    expect(mask.equals(await readFile(join(folder, 'out', 'photo.png')))).toBe(true);
  });

  test('chooses by Accept: the mask for image/png, labels for application/x-npy, by the format parameter among JSON', async () => {
    const accept = (type: string) => segment('', png, { 'content-type': 'image/png', accept: type });
    const mask = decodePng(await bytesOf(await accept('image/png')));
    expect([mask.width, mask.height]).toEqual([WIDTH, HEIGHT]);
    const labels = parseNpy((await bytesOf(await accept('application/x-npy, */*;q=0.1'))).buffer as ArrayBuffer);
    expect([labels.shape, labels.dtype]).toEqual([[HEIGHT, WIDTH], 'u1']);
    expect(Object.keys((await (await accept('application/json;format=rle')).json()) as object)).toContain(
      'annotations',
    );
    expect(((await (await accept('application/geo+json')).json()) as { type: string }).type).toBe('FeatureCollection');
  });

  test('gives an overlay with a legend', async () => {
    const { format, width, height } = await sharp(
      await bytesOf(await segment('?format=overlay&opacity=0.3')),
    ).metadata();
    expect(format).toBe('png');
    expect((width as number) * (height as number)).toBeGreaterThan(WIDTH * HEIGHT);
  });

  test.each(OUTPUT_FORMATS.map(({ name }) => name))('gives %s', async (name) => {
    const answer = await segment(`?format=${name}`);
    expect(answer.status).toBe(200);
    const bytes = await bytesOf(answer);
    const type = answer.headers.get('content-type') as string;
    if (type.endsWith('json')) JSON.parse(bytes.toString());
    else if (type === 'application/zip') expect(Object.keys(unzipSync(bytes))[0]).toMatch(/^image\.mask-\d+-.*\.png$/);
    else if (type === 'image/png') expect((await sharp(bytes).metadata()).width).toBe(WIDTH);
    else if (type === 'application/x-npy') expect(parseNpy(bytes.buffer as ArrayBuffer).shape).toEqual([HEIGHT, WIDTH]);
    else expect(type).toMatch(/^text\/plain/);
  });

  test('takes a form with its options as fields', async () => {
    const form = new FormData();
    form.append('format', 'mask');
    form.append('model', 'second');
    form.append('scales', '');
    form.append('image', new Blob([jpeg as never], { type: 'image/jpeg' }), '../../etc/passwd');
    const answer = await segment('', form, {});
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/png']);
    const raw = await segment('?format=mask', jpeg, { 'content-type': 'application/octet-stream' });
    expect((await bytesOf(answer)).equals(await bytesOf(raw))).toBe(true);
  });

  test('averages over scales and mirrored, as predict does', async () => {
    const photo = join(folder, 'scaled.png');
    await writeFile(photo, png);
    await runCli([
      ...['predict', photo, '--model', join(folder, 'model'), '--output', join(folder, 'scaled')],
      ...['--scales', '1,1.5', '--flip'],
    ]);
    const mask = await bytesOf(await segment('?format=mask&scales=1,1.5&flip'));
    expect(mask.equals(await readFile(join(folder, 'scaled', 'scaled.png')))).toBe(true);
    expect(mask.equals(await bytesOf(await segment('?format=mask')))).toBe(false);
  });
});

/** The status of the answer to a body that is sent whatever comes back. */
function sent(url: string, body: Buffer): Promise<number | string> {
  return new Promise((resolve) => {
    const headers = { 'content-type': 'image/png', 'content-length': body.length };
    const request = httpRequest(url, { method: 'POST', headers, agent: false }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode as number));
    });
    request.on('error', (error) => resolve(error.message));
    request.end(body);
  });
}

describe('a request is refused', () => {
  test.each([
    ['a text file', 'Hello', 'image/png', 422, 'The image: not an image that can be read: it is a text file.'],
    ['a page', '<html></html>', 'image/png', 422, 'it is an HTML page'],
    ['a drawing', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'image/svg+xml', 422, 'it is an SVG drawing'],
    [
      'JSON',
      '{}',
      'application/json',
      415,
      'A body of type "application/json" is not read. Say what it is: Content-Type: image/jpeg',
    ],
    ['a web form', 'a=b', 'application/x-www-form-urlencoded', 415, "curl: -H 'Content-Type: image/jpeg'"],
  ])('for %s', async (_, body, type, status, message) => {
    const [got, error] = await refusal(await segment('', body, { 'content-type': type }));
    expect(got).toBe(status);
    expect(error).toContain(message);
  });

  test('for a JPEG that is cut off', async () => {
    const [status, error] = await refusal(await segment('', jpeg.subarray(0, jpeg.length / 2)));
    expect(status).toBe(422);
    expect(error).toMatch(/^The image: the JPEG is damaged or cut off \(.*\)\. Save or copy it anew\.$/);
  });

  test('for a body beyond the limit, with and without its length', async () => {
    const large = new Uint8Array(2 ** 20 + 1);
    const message = 'The body is larger than the 1048576 bytes allowed. Send a smaller image.';
    expect(await refusal(await segment('', large))).toEqual([413, message]);
    const chunked = await fetch(`${server.url}/segment`, {
      method: 'POST',
      headers: { 'content-type': 'image/png' },
      body: new Blob([large]).stream(),
      duplex: 'half',
    } as RequestInit);
    expect(await refusal(chunked)).toEqual([413, message]);
    const form = new FormData();
    form.append('image', new Blob([large]), 'large.png');
    expect(await refusal(await segment('', form, {}))).toEqual([413, message]);
  });

  test('and reads why although it is still sending', async () => {
    const large = Buffer.alloc(24 * 2 ** 20);
    const statuses = [];
    for (let time = 0; time < 20; time++) statuses.push(await sent(`${server.url}/segment`, large));
    expect(statuses).toEqual(statuses.map(() => 413));
  });

  test('and cut off if it sends without end', async () => {
    const request = httpRequest(`${server.url}/segment`, { method: 'POST', headers: { 'content-type': 'image/png' } });
    const chunk = Buffer.alloc(2 ** 20);
    const send = (): void => void request.write(chunk, () => request.destroyed || send());
    request.on('error', () => {});
    request.on('response', (response) => response.resume().on('error', () => {}));
    send();
    await new Promise((resolve) => request.on('close', resolve));
    request.destroy();
    expect((await segment('')).status).toBe(200);
  });

  test('for an image with more pixels than allowed, however small its file', async () => {
    const bomb = await sharp({ create: { width: 8000, height: 8000, channels: 3, background: '#000' } })
      .png({ compressionLevel: 9 })
      .toBuffer();
    expect(await refusal(await segment('', bomb))).toEqual([
      413,
      'The image has 8000x8000 pixels, more than the 100000 allowed. Make it smaller.',
    ]);
  });

  test('for one that a scale would enlarge beyond that', async () => {
    const [status, error] = await refusal(await segment('?scales=1,8'));
    expect(status).toBe(413);
    expect(error).toBe(
      `At scale 8 this 64x48 image enters the network at 512x384, more than the 100000 pixels allowed. Give a smaller image or scale.`,
    );
  });

  test('for all wrong options at once', async () => {
    const [status, error] = await refusal(await segment('?scales=a&flip=maybe&bogus=1&opacity=2&tile=1&tile=2'));
    expect(status).toBe(400);
    for (const part of [
      'scales.0: ',
      'flip: ',
      'opacity: ',
      'there is no "bogus"; the options are format, model, scales',
      'tile is given more than once',
    ]) {
      expect(error).toContain(part);
    }
  });

  test.each([
    ['?model=nope', 404, 'There is no model "nope". The models are model, second.'],
    ['?model=../../etc/passwd', 404, 'There is no model "../../etc/passwd".'],
    ['?model=__proto__', 404, 'There is no model "__proto__".'],
    ['?format=gif', 400, 'There is no format "gif". The formats are json, mask, overlay, npy, rle'],
    ['?overlap=8', 400, 'An overlap of 8 was given, but no tile.'],
    ['?scales=100', 413, 'At scale 100'],
    ['?scales=0.01', 400, 'Scales are numbers from 0.05 to 8'],
  ])('for %s', async (query, status, message) => {
    const [got, error] = await refusal(await segment(query));
    expect([got, error]).toEqual([status, expect.stringContaining(message)]);
  });

  test('for an Accept that cannot be met', async () => {
    const [status, error] = await refusal(await segment('', png, { 'content-type': 'image/png', accept: 'video/mp4' }));
    expect([status, error]).toEqual([
      406,
      expect.stringContaining('Nothing that Accept names can be given. Accept one of application/json, image/png'),
    ]);
  });

  test('for compressed bodies, empty ones, and forms that are cut off or have two images', async () => {
    const gzip = await segment('', png, { 'content-type': 'image/png', 'content-encoding': 'gzip' });
    expect(await refusal(gzip)).toEqual([
      415,
      'Compressed bodies are not read. Send the image as it is, without Content-Encoding.',
    ]);
    expect((await refusal(await segment('', '', { 'content-type': 'image/png' })))[1]).toContain(
      'There is no image in the request.',
    );
    const cut = await segment('', '--x\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\nabc', {
      'content-type': 'multipart/form-data; boundary=x',
    });
    expect(await refusal(cut)).toEqual([400, expect.stringContaining('The form cannot be read')]);
    const form = new FormData();
    for (const name of ['a', 'b']) form.append(name, new Blob([png as never]), 'photo.png');
    expect(await refusal(await segment('', form, {}))).toEqual([413, expect.stringContaining('more than one file')]);
  });

  test('for a page of another site, and for names that lead to this machine', async () => {
    const foreign = await segment('', png, { 'content-type': 'image/png', origin: 'http://evil.example' });
    expect(await refusal(foreign)).toEqual([403, 'Pages of other sites may not use this server.']);
    const own = await segment('', png, { 'content-type': 'image/png', origin: server.url });
    expect(own.status).toBe(200);
    const rebound = await raw(`GET /v2 HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`);
    expect(rebound).toMatch(/^HTTP\/1\.1 403 [\s\S]*This server answers to localhost alone\./);
  });

  test('without a path or a stack, and with headers that keep browsers from misusing it', async () => {
    for (const answer of [await segment('', 'x'), await segment('?model=x'), await fetch(`${server.url}/nowhere`)]) {
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(answer.headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect(answer.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
      expect(answer.headers.get('cross-origin-resource-policy')).toBe('same-origin');
      const text = await answer.text();
      expect(text).not.toMatch(/\bat .*:\d+:\d+|node_modules|\/tmp\/|dist\//);
      expect(Object.keys(JSON.parse(text) as object)).toEqual(['error']);
    }
  });

  test.each([
    ['a name of 65 letters', `/v2/models/${'x'.repeat(65)}`, 414, 'A part of the path is too long.'],
    ['a path whose percent signs encode nothing', '/v2/models/%ff', 400, 'The path cannot be read'],
    ['the same before any route', '/%', 400, 'The path cannot be read'],
  ])('for %s, by the router, as by a route', async (_, path, status, message) => {
    const id = `router-${status}-${path.length}`;
    const text = await raw(
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: ${id}\r\nConnection: close\r\n\r\n`,
    );
    const [head = '', body = ''] = text.split('\r\n\r\n');
    expect(JSON.parse(body)).toEqual({ error: expect.stringContaining(message) });
    for (const line of [`HTTP/1.1 ${status} `, `x-request-id: ${id}`, ...ISOLATION]) expect(head).toContain(line);
    expect(await server.logged(({ reqId }) => reqId === id)).toMatchObject({ msg: 'answered', method: 'GET', status });
  });

  test('and counted, whoever refused it', async () => {
    const form = new FormData();
    for (const name of ['a', 'b']) form.append(name, new Blob([png as never]), 'photo.png');
    const large = new Blob([new Uint8Array(2 ** 20 + 1)]);
    const cases: readonly (readonly [reason: string, status: number, ask: () => Promise<unknown>])[] = [
      ['size', 413, () => segment('', new Uint8Array(2 ** 20 + 1))],
      [
        'size',
        413,
        () =>
          fetch(`${server.url}/segment`, {
            method: 'POST',
            headers: { 'content-type': 'image/png' },
            body: large.stream(),
            duplex: 'half',
          } as RequestInit),
      ],
      ['size', 413, () => segment('', form, {})],
      ['type', 415, () => segment('', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' })],
      ['origin', 403, () => segment('', png, { 'content-type': 'image/png', origin: 'http://evil.example' })],
      ['unknown', 404, () => segment('?model=nope')],
      ['unfit', 422, () => segment('', 'x')],
      ['request', 414, () => fetch(`${server.url}/v2/models/${'x'.repeat(65)}`)],
      ['request', 400, () => raw('hello\r\n\r\n')],
    ];
    for (const [reason, status, ask] of cases) {
      const before = [await counted('rejected', `reason="${reason}"`), await counted('requests', `status="${status}"`)];
      await ask();
      const after = [await counted('rejected', `reason="${reason}"`), await counted('requests', `status="${status}"`)];
      expect([reason, ...after]).toEqual([reason, ...before.map((count) => count + 1)]);
    }
  });

  test.each([
    ['no HTTP', 'hello\r\n\r\n', /^HTTP\/1\.1 400 [\s\S]*\{"error":"This is no HTTP request\."\}$/],
    ['huge headers', `GET /v2 HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`, /^HTTP\/1\.1 431 /],
    [
      'two lengths',
      'POST /segment HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      /^HTTP\/1\.1 400 /,
    ],
  ])('for %s', async (_, text, expected) => {
    const answer = await raw(text);
    expect(answer).toMatch(expected);
    for (const line of ['x-request-id: ', ...ISOLATION]) expect(answer).toContain(line);
  });
});

/** What keeps an answer from pages of others. */
const ISOLATION = [
  'cross-origin-opener-policy: same-origin',
  'cross-origin-embedder-policy: require-corp',
  "content-security-policy: default-src 'none'",
];

/** The sum of a counter over all that have a label. */
async function counted(name: string, label: string): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith(`refinenet_${name}_total{`) && line.includes(label));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

/** Sends text over a socket and gives all that comes back. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}

describe('the Open Inference Protocol', () => {
  const get = async (path: string) => {
    const answer = await fetch(`${server.url}${path}`);
    return { status: answer.status, data: (await answer.json()) as unknown };
  };
  const infer = (body: object, path = '/v2/models/model/infer') =>
    post(`${server.url}${path}`, JSON.stringify(body), { 'content-type': 'application/json' });
  const rgb = waves(WIDTH, HEIGHT);
  const input = { name: 'image', datatype: 'UINT8', shape: [HEIGHT, WIDTH, 3], data: [...rgb] };

  test.each(ENDPOINTS)(
    'answers to $method $path as its published description says',
    async ({ path, method, answers }) => {
      const request = { id: '42', inputs: [input], outputs: [{ name: 'labels' }, { name: 'confidence' }] };
      SCHEMAS.inferenceRequest.parse(request);
      const real = path.replace('MODEL_NAME', 'model').replace('MODEL_VERSION', '1');
      const asks: Readonly<Record<number, () => Promise<Response>>> = {
        200: () => (method === 'POST' ? infer(request, real) : fetch(`${server.url}${real}`)),
        ...(method === 'POST' && { 400: () => infer({ ...request, inputs: 7 }, real) }),
      };
      for (const [status, ask] of Object.entries(asks)) {
        const answer = await ask();
        expect([answer.status, answer.headers.get('content-type')]).toEqual([
          Number(status),
          expect.stringMatching(/^application\/json/),
        ]);
        const body = (await answer.json()) as unknown;
        expect(answers[Number(status)]?.safeParse(body).error).toBeUndefined();
      }
    },
  );

  test('describes the server and its models, with and without a version', async () => {
    for (const path of ['/v2', '/v2/'])
      expect(SCHEMAS.serverMetadata.parse((await get(path)).data).extensions).toEqual(['binary_tensor_data']);
    for (const path of ['/v2/models/model', '/v2/models/model/versions/1']) {
      const { inputs, outputs, name } = SCHEMAS.modelMetadata.parse((await get(path)).data);
      expect([name, inputs?.length, outputs?.map((each) => each.name)]).toEqual(['model', 1, ['labels', 'confidence']]);
    }
    for (const path of [
      '/v2/health/live',
      '/v2/health/ready',
      '/v2/models/second/ready',
      '/v2/models/second/versions/1/ready',
    ]) {
      expect((await get(path)).status).toBe(200);
    }
  });

  test('infers labels and confidence from nested or flat values, and gives the id back', async () => {
    const rows = Array.from({ length: HEIGHT }, (_, y) =>
      Array.from({ length: WIDTH }, (_, x) => [...rgb.subarray((y * WIDTH + x) * 3, (y * WIDTH + x) * 3 + 3)]),
    );
    const flat = SCHEMAS.inferenceResponse.parse(await (await infer({ id: '42', inputs: [input] })).json());
    expect([flat.id, flat.model_name]).toEqual(['42', 'model']);
    expect(flat.outputs.map(({ name, datatype, shape }) => [name, datatype, shape])).toEqual([
      ['labels', 'UINT8', [HEIGHT, WIDTH]],
      ['confidence', 'FP32', [HEIGHT, WIDTH]],
    ]);
    const batch = { ...input, shape: [1, HEIGHT, WIDTH, 3], data: [rows] };
    const nested = SCHEMAS.inferenceResponse.parse(
      await (
        await infer({ inputs: [batch], outputs: [{ name: 'labels' }] }, '/v2/models/second/versions/1/infer')
      ).json(),
    );
    expect(nested.outputs).toEqual([{ ...flat.outputs[0], shape: [1, HEIGHT, WIDTH] }]);
    const mask = decodePng(await bytesOf(await segment('?format=mask')));
    expect(flat.outputs[0]?.data).toEqual([...mask.data]);
  });

  test('takes and gives binary tensors: values, or an image as it is', async () => {
    const send = (header: object, binary: Uint8Array) => {
      const json = Buffer.from(JSON.stringify(header));
      return post(`${server.url}/v2/models/model/infer`, Buffer.concat([json, binary]), {
        'content-type': 'application/octet-stream',
        'inference-header-content-length': String(json.length),
      });
    };
    const { data: _, ...head } = input;
    const answer = await send(
      {
        inputs: [{ ...head, parameters: { binary_data_size: rgb.length } }],
        outputs: [
          { name: 'labels', parameters: { binary_data: true } },
          { name: 'confidence', parameters: { binary_data: false } },
        ],
      },
      rgb,
    );
    expect(answer.status, await answer.clone().text()).toBe(200);
    const length = Number(answer.headers.get('inference-header-content-length'));
    const bytes = await bytesOf(answer);
    const { outputs } = JSON.parse(bytes.subarray(0, length).toString()) as {
      outputs: readonly { parameters?: object; data?: readonly number[] }[];
    };
    expect(outputs.map(({ parameters, data }) => [parameters, data?.length])).toEqual([
      [{ binary_data_size: WIDTH * HEIGHT }, undefined],
      [undefined, WIDTH * HEIGHT],
    ]);
    const mask = decodePng(await bytesOf(await segment('?format=mask')));
    expect([...bytes.subarray(length)]).toEqual([...mask.data]);

    const size = Buffer.alloc(4);
    size.writeUInt32LE(png.length);
    const file = Buffer.concat([size, png]);
    const same = await send(
      {
        parameters: { binary_data_output: true },
        inputs: [{ name: 'image', datatype: 'BYTES', shape: [1], parameters: { binary_data_size: file.length } }],
        outputs: [{ name: 'labels' }],
      },
      file,
    );
    const sameBytes = await bytesOf(same);
    expect([...sameBytes.subarray(Number(same.headers.get('inference-header-content-length')))]).toEqual([
      ...mask.data,
    ]);
  });

  test.each([
    ['no JSON', 'x', 'The request is not JSON'],
    ['no inputs', {}, 'inputs: '],
    ['another name', { inputs: [{ ...input, name: 'x' }] }, 'The model takes one input, "image", but got "x".'],
    ['another type', { inputs: [{ ...input, datatype: 'FP32' }] }, 'got "FP32"'],
    ['a type that every object has', { inputs: [{ ...input, datatype: 'constructor' }] }, 'got "constructor"'],
    ['an output that every object has', { inputs: [input], outputs: [{ name: 'toString' }] }, 'no output "toString"'],
    ['another shape', { inputs: [{ ...input, shape: [3, HEIGHT, WIDTH] }] }, "The input's shape is [height, width, 3]"],
    [
      'a shape with too few values',
      { inputs: [{ ...input, data: [1, 2] }] },
      `The shape takes ${WIDTH * HEIGHT * 3} values, but there are 2.`,
    ],
    [
      'values that are no bytes',
      { inputs: [{ ...input, shape: [1, 1, 3], data: [1, 2.5, null] }] },
      'value 1 is the number 2.5',
    ],
    [
      'a value nested deeper than the stack',
      JSON.stringify({ inputs: [{ ...input, shape: [1, 1, 3], data: [1, 'x'] }] }).replace(
        '"x"',
        `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
      ),
      'value 1 is an object',
    ],
    ['lists without end', { inputs: [{ ...input, data: [[[[[[1]]]]]] }] }, 'nested deeper'],
    [
      'outputs that are none',
      { inputs: [input], outputs: [{ name: 'logits' }] },
      'There is no output "logits"; the model gives labels and confidence.',
    ],
    ['an image that is too small', { inputs: [{ ...input, shape: [1, 1, 3], data: [1, 2, 3] }] }, 'it needs at least'],
  ])('refuses %s as its description says', async (_, body, message) => {
    const answer = await post(
      `${server.url}/v2/models/model/infer`,
      typeof body === 'string' ? body : JSON.stringify(body),
      {
        'content-type': 'application/json',
      },
    );
    expect(answer.status).toBe(400);
    expect(SCHEMAS.error.parse(await answer.json()).error).toContain(message);
  });

  test('knows no other model or version', async () => {
    for (const path of ['/v2/models/nope', '/v2/models/model/versions/2', '/v2/models/nope/ready']) {
      const { status, data } = await get(path);
      expect(status).toBe(404);
      SCHEMAS.error.parse(data);
    }
  });
});

describe('it describes itself', () => {
  test('in /openapi.json, with every path that there is and no other', async () => {
    const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
      openapi: string;
      paths: Record<string, object>;
    };
    expect(document.openapi).toBe('3.1.0');
    for (const [path, methods] of Object.entries(document.paths)) {
      const real = path.replace('{name}', 'model').replace('{version}', '1');
      for (const method of Object.keys(methods)) {
        const { status } = await fetch(`${server.url}${real}`, { method: method.toUpperCase() });
        expect([path, status]).not.toEqual([path, 404]);
      }
    }
  });

  test('on a page that loads nothing', async () => {
    const answer = await fetch(`${server.url}/docs`);
    const page = await answer.text();
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(page).toContain('/v2/models/{name}/infer');
    expect(page).not.toMatch(/<script|src=|https?:\/\//);
  });

  test('in /metrics, with stages, queue, refusals and memory', async () => {
    for (const answer of [segment(), segment('', 'x'), segment('?model=nope')]) await (await answer).arrayBuffer();
    const text = await (await fetch(`${server.url}/metrics`)).text();
    for (const line of [
      /^refinenet_stage_seconds_bucket\{le="1",stage="compute",model="model"\} \d+$/m,
      /^refinenet_queue_length 0$/m,
      /^refinenet_rejected_total\{reason="unfit"\} \d+$/m,
      /^refinenet_requests_total\{route="\/segment",status="404"\} \d+$/m,
      /^process_resident_memory_bytes \d+$/m,
    ]) {
      expect(text).toMatch(line);
    }
  });
});

test('its log has a line of JSON for each request, with the id that came, and nothing of the image', async () => {
  await segment('', png, { 'content-type': 'image/png', 'x-request-id': 'my-id.1' });
  const line = await server.logged(({ reqId }) => reqId === 'my-id.1');
  expect(line).toMatchObject({ msg: 'answered', method: 'POST', route: '/segment', status: 200, bytes: png.length });
  const forged = await segment('', png, { 'content-type': 'image/png', 'x-request-id': 'a b"}' });
  expect(forged.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
});
