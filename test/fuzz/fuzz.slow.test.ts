/** Every reader of what strangers give, under inputs made to break it: a fixed part of what `npm run fuzz` tries. */
import { expect, test } from 'vitest';
import { campaign } from './campaign.ts';
import { READERS } from './readers/index.ts';

test('hundreds of inputs of each end in an answer or a refusal, in little time and memory', async () => {
  const tallies = await campaign({ readers: READERS, inputs: 300, seed: 7 });
  for (const { reader, answers, refusals, findings } of tallies) {
    expect([reader, findings.map(({ kind, text }) => `${kind}: ${text}`)]).toEqual([reader, []]);
    expect([reader, answers + refusals >= 10]).toEqual([reader, true]);
  }
});
