/** Each in a process of its own, as what is refused stays refused. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const DECODERS = new URL('../../../dist/platform/node/image-decoders.js', import.meta.url).href;

/** The formats that sharp itself reads of files in all, tried without a look at their first bytes. */
async function readable(isAsked: boolean): Promise<readonly string[]> {
  const script = `
    import sharp from 'sharp';
    import { refuseOtherDecoders, settleDecoders } from ${JSON.stringify(DECODERS)};
    if (${isAsked}) refuseOtherDecoders();
    settleDecoders(sharp);
    const files = { svg: Buffer.from('<!--ftypavif--><svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>') };
    for (const format of ['jpeg', 'png', 'webp', 'tiff', 'avif', 'gif']) {
      files[format] = await sharp(Buffer.alloc(192), { raw: { width: 8, height: 8, channels: 3 } })[format]().toBuffer();
    }
    const read = await Promise.all(
      Object.entries(files).map(([name, bytes]) => sharp(bytes).toColorspace('srgb').raw().toBuffer().then(() => name, () => undefined)),
    );
    console.log(JSON.stringify(read.filter(Boolean)));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
  return JSON.parse(stdout) as string[];
}

test('a program reads five formats, whatever a file is taken for, and writes as before', async () => {
  expect(await readable(true)).toEqual(['jpeg', 'png', 'webp', 'tiff', 'avif']);
});

test('a process that did not ask for it keeps what it had', async () => {
  expect(await readable(false)).toContain('svg');
});
