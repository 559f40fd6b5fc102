import { expect, test } from 'vitest';
import { joinedBytes } from '../../../../joined-bytes.ts';
import { readMatroska } from './read.ts';
import { matroskaFrameHeader, matroskaHeader } from './write.ts';

const FRAME = Uint8Array.from({ length: 12 }, (_, index) => index);

/** A stream of frames, a tick of which is what is written: a thousandth of what is read. */
function stream(times: readonly number[]): Uint8Array {
  const header = matroskaHeader({ width: 4, height: 3, frameRate: [25, 1], pixels: 'Y800' });
  return joinedBytes([header, ...times.flatMap((time) => [matroskaFrameHeader(time, FRAME.length), FRAME])]);
}

async function* chunks(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(bytes: Uint8Array, size: number, frameBytes = FRAME.length) {
  const frames: { time: number; bytes: number[] }[] = [];
  for await (const frame of readMatroska(chunks(bytes, size), frameBytes)) {
    frames.push({ time: frame.seconds / 1000, bytes: [...frame.bytes] });
  }
  return frames;
}

test.each([1, 7, 1 << 16])(
  'frames and their times are read in chunks of %i bytes as they were written',
  async (size) => {
    const times = [0, 0.04, 1.5, 70_000];
    const frames = await read(stream(times), size);
    expect(frames).toEqual(times.map((time) => ({ time: expect.closeTo(time, 6), bytes: [...FRAME] })));
  },
);

test('what is cut off at the end is left out', async () => {
  const whole = stream([0, 1]);
  for (const missing of [1, FRAME.length, FRAME.length + 5]) {
    expect(await read(whole.subarray(0, whole.length - missing), 64)).toHaveLength(1);
  }
});

test('a frame of another length is refused', async () => {
  await expect(read(stream([0]), 64, 16)).rejects.toThrow('A frame has 12 bytes, where all should have 16.');
});
