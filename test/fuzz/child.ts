/**
 * Tries blocks of inputs in a process of its own: `node --import tsx test/fuzz/child.ts POSITION SEED READER:FROM:TO...`. Where it is
 * stands in the file POSITION, as reader, block and input, so that who started it knows what it died of.
 */
import { openSync, writeSync } from 'node:fs';
import { BLOCK, inputsOf } from './inputs.ts';
import type { Reader } from './reader.ts';
import { READERS } from './readers/index.ts';
import { tryInput } from './try-input.ts';

/** A line of what it says. */
export type Said =
  | { readonly type: 'counts'; readonly reader: string; readonly answers: number; readonly refusals: number }
  | {
      readonly type: 'finding';
      readonly reader: string;
      readonly block: number;
      readonly index: number;
      readonly kind: string;
      readonly text: string;
    };

const say = (said: Said): unknown => process.stdout.write(`${JSON.stringify(said)}\n`);

const [file, seed, ...parts] = process.argv.slice(2) as [string, string, ...string[]];
const position = openSync(file, 'r+');
const place = new Int32Array(3);
const stand = (...numbers: readonly [reader: number, block: number, index: number]): void => {
  place.set(numbers);
  writeSync(position, place, 0, place.byteLength, 0);
};

for (const part of parts) {
  const [number, from, to] = part.split(':').map(Number) as [number, number, number];
  const reader = READERS[number] as Reader;
  const seeds = await reader.seeds();
  for (let block = Math.floor(from / BLOCK); block * BLOCK < to; block++) {
    // Whoever dies now dies of drawing.
    stand(number, block, -1);
    const inputs = inputsOf(reader, seeds, Number(seed), block);
    let [answers, refusals] = [0, 0];
    for (const [index, input] of inputs.entries()) {
      const at = block * BLOCK + index;
      if (at < from || at >= to) continue;
      stand(number, block, index);
      const trial = await tryInput(reader, input);
      if (trial.kind === 'answer') answers++;
      else if (trial.kind === 'refusal') refusals++;
      else say({ type: 'finding', reader: reader.name, block, index, kind: trial.kind, text: trial.text });
    }
    say({ type: 'counts', reader: reader.name, answers, refusals });
  }
}
