import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { eventFileName, eventFileStart, imageEvent, maskedCrc32c, scalarEvent } from './tensorboard.ts';

const READER = fileURLToPath(new URL('../../../tools/read-events.py', import.meta.url));
const hasPython = spawnSync('python3', ['--version']).status === 0;

/** What a reader that shares no code with the writer finds. */
function readBack(...parts: Uint8Array[]): { status: number | null; events: unknown[]; stderr: string } {
  const file = join(mkdtempSync(join(tmpdir(), 'events-')), 'events');
  writeFileSync(file, Buffer.concat(parts));
  const { status, stdout, stderr } = spawnSync('python3', [READER, file], { encoding: 'utf8' });
  return {
    status,
    stderr,
    events: stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  };
}

describe('the checksum of records', () => {
  // RFC 3720, B.4 gives CRC-32C of 32 zeros (8a9136aa), of 32 times ff (62a8ab43) and of 0 ... 31 (46dd794e).
  test.each([
    ['32 zeros', new Uint8Array(32), 0x8a9136aa],
    ['32 times ff', new Uint8Array(32).fill(255), 0x62a8ab43],
    ['0 to 31', Uint8Array.from({ length: 32 }, (_, index) => index), 0x46dd794e],
  ])('of %s is the published one, masked', (_, bytes, crc) => {
    expect(maskedCrc32c(bytes)).toBe((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
  });
});

describe('names of event files', () => {
  test('are in the order of their times', () => {
    const times = [0, 999, 1000, 1_700_000_000_000, 1_700_000_000_001, 1_700_000_001_000];
    const names = times.map(eventFileName);
    expect([...names].sort()).toEqual(names);
    expect(names[3]).toBe('events.out.tfevents.1700000000.000');
  });
});

describe.skipIf(!hasPython)('an event file', () => {
  const start = eventFileStart({ step: 7, wallTime: 12.5 });

  test('begins with its version and with the step from which earlier files are forgotten', () => {
    expect(readBack(start).events).toEqual([
      { wall_time: 12.5, step: 0, file_version: 'brain.Event:2' },
      { wall_time: 12.5, step: 7, session_log: { 1: 1 } },
    ]);
  });

  test('holds numbers and images by tag and step', () => {
    const stamp = { step: 3_000_000_000, wallTime: 1_700_000_000.25 };
    const image = { width: 300, height: 2, bytes: Uint8Array.of(137, 80, 78, 71) };
    const { events } = readBack(
      start,
      scalarEvent(stamp, { 'train/loss': 0.5, 'rate/Straße': -1e-7 }),
      imageEvent(stamp, { 'validation/samples': image }),
    );
    expect(events.slice(2)).toEqual([
      {
        wall_time: 1_700_000_000.25,
        step: 3_000_000_000,
        summary: [
          { tag: 'train/loss', simple_value: 0.5 },
          { tag: 'rate/Straße', simple_value: Math.fround(-1e-7) },
        ],
      },
      {
        wall_time: 1_700_000_000.25,
        step: 3_000_000_000,
        summary: [{ tag: 'validation/samples', image: { width: 300, height: 2, colorspace: 3, encoded: '89504e47' } }],
      },
    ]);
  });

  test('is refused by the reader once a byte has changed', () => {
    const changed = scalarEvent({ step: 1, wallTime: 0 }, { a: 1 });
    changed[20] = (changed[20] as number) ^ 1;
    const file = join(mkdtempSync(join(tmpdir(), 'events-')), 'events');
    writeFileSync(file, changed);
    expect(spawnSync('python3', [READER, file], { encoding: 'utf8' }).stderr).toContain('checksum of a record');
  });
});
