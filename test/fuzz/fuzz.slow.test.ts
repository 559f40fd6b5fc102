/** Every reader of what strangers give, under inputs made to break it: a fixed part of what `npm run fuzz` tries. */
import { expect, test } from 'vitest';
import { campaign } from './campaign.ts';
import { READERS } from './readers/index.ts';

/** Of each reader; of fast ones three times as many. */
const INPUTS = 100;

test('a hundred inputs of each end in an answer or a refusal, in little time and memory', async () => {
  const parts = READERS.map((reader) => ({ reader, from: 0, to: reader.cost === undefined ? 3 * INPUTS : INPUTS }));
  const tallies = await campaign({ parts, seed: 7 });
  for (const { reader, answers, refusals, findings } of tallies) {
    expect([reader, findings.map(({ kind, text }) => `${kind}: ${text}`)]).toEqual([reader, []]);
    expect([reader, answers + refusals >= INPUTS]).toEqual([reader, true]);
  }
});
