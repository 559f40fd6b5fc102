import { describe, expect, test } from 'vitest';
import { type LogRecord, logLine, logUpTo } from './log.ts';

const step = (update: number): LogRecord => ({
  type: 'step',
  update,
  epoch: 1,
  seconds: update,
  loss: 1,
  gradientNorm: 1,
  accuracy: 1,
  rates: { encoder: 1, decoder: 1, classifier: 1 },
  imagesPerSecond: 1,
});
const epoch = (update: number): LogRecord => ({ type: 'epoch', update, epoch: 1, seconds: 1, loss: 1, accuracy: 1 });
const bytesOf = (...records: LogRecord[]) => Buffer.concat(records.map(logLine));

describe('a log cut to a place in the run', () => {
  test('keeps what came up to it', () => {
    const log = bytesOf(step(1), step(2), epoch(2), step(3), step(4), epoch(4));
    const cut = logUpTo(log, { update: 3, isEpochClosed: false });
    expect(cut.records).toEqual([step(1), step(2), epoch(2), step(3)]);
    expect(Buffer.from(cut.bytes)).toEqual(bytesOf(step(1), step(2), epoch(2), step(3)));
  });

  test('keeps the end of an epoch only if the epoch is closed', () => {
    const log = bytesOf(step(1), step(2), epoch(2));
    expect(logUpTo(log, { update: 2, isEpochClosed: true }).records).toEqual([step(1), step(2), epoch(2)]);
    expect(logUpTo(log, { update: 2, isEpochClosed: false }).records).toEqual([step(1), step(2)]);
  });

  test('loses lines that are no records', () => {
    const log = Buffer.concat([bytesOf(step(1)), Buffer.from('{"type":"st\nnull\n17\n'), bytesOf(step(2))]);
    expect(logUpTo(log, { update: 9, isEpochClosed: true }).records).toEqual([step(1), step(2)]);
  });
});
