/**
 * Tries all readers with many inputs: `npm run fuzz -- [INPUTS] [SEED] [PART OF A READER'S NAME]`, a million of seed 1 if it is not
 * told otherwise. They are shared out by what a reader costs and tried in rounds, so that a run that is ended early has tried
 * all readers; it ends with a table. Where it stands is written to standard error. What is found is kept in test/fuzz/found, where
 * the tests try it again.
 */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { campaign, type Finding, type Tally } from './campaign.ts';
import { foundName } from './found-name.ts';
import { READERS } from './readers/index.ts';
import { sharedOut } from './shares.ts';

const ROUNDS = 20;
/** Milliseconds between lines that say where it stands. */
const PAUSE = 10_000;

const [inputs = '1000000', seed = '1', part = ''] = process.argv.slice(2);
const total = Number(inputs);
const readers = READERS.filter(({ name }) => name.includes(part));
if (readers.length === 0 || !(total > 0)) throw new Error('Usage: npm run fuzz -- [INPUTS] [SEED] [PART OF A NAME]');
const shares = sharedOut(readers, total);
const sums = new Map(readers.map(({ name }) => [name, { answers: 0, refusals: 0, found: 0 }]));

const start = performance.now();
const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort());

let said = 0;
for (let round = 0; round < ROUNDS && !interruption.signal.aborted; round++) {
  const parts = readers.map((reader, index) => {
    const share = shares[index] as number;
    return { reader, from: Math.round((share * round) / ROUNDS), to: Math.round((share * (round + 1)) / ROUNDS) };
  });
  const before = new Map([...sums].map(([name, sum]) => [name, { ...sum }]));
  const count = ({ reader, answers, refusals, findings }: Tally): void => {
    const old = before.get(reader) as Sum;
    sums.set(reader, {
      answers: old.answers + answers,
      refusals: old.refusals + refusals,
      found: old.found + findings.length,
    });
  };
  const tallies = await campaign({
    parts,
    seed: Number(seed),
    signal: interruption.signal,
    onTally(tally) {
      count(tally);
      if (performance.now() - said > PAUSE) sayWhere(round, tally.reader);
    },
  });
  for (const tally of tallies) {
    count(tally);
    keep(tally);
  }
}
const isEarly = interruption.signal.aborted;
console.log(table());
console.error(
  `${isEarly ? 'Ended early. ' : ''}Seed ${seed}, ${new Date().toISOString().slice(0, 10)}, ${Math.round((performance.now() - start) / 60_000)} min.`,
);
process.exitCode = isEarly || [...sums.values()].some(({ found }) => found > 0) ? 1 : 0;

type Sum = { readonly answers: number; readonly refusals: number; readonly found: number };

function all({ answers, refusals, found }: Sum): number {
  return answers + refusals + found;
}

function sayWhere(round: number, reader: string): void {
  said = performance.now();
  const sum = sums.get(reader) as Sum;
  const tried = [...sums.values()].reduce((count, each) => count + all(each), 0);
  const { answers, refusals, found } = sum;
  console.error(
    `round ${round + 1} of ${ROUNDS}, ${tried} of ${total} after ${Math.round((said - start) / 1000)} s; ` +
      `${reader}: ${all(sum)} inputs, ${answers} answered, ${refusals} refused, ${found} found`,
  );
}

function table(): string {
  const rows = [...sums].map(([name, sum]) => [name, all(sum), sum.answers, sum.refusals, sum.found]);
  const last = [1, 2, 3, 4].map((column) => rows.reduce((sum, row) => sum + (row[column] as number), 0));
  return [
    ['reader', 'inputs', 'answered', 'refused', 'found'],
    ['---', '---:', '---:', '---:', '---:'],
    ...rows,
    ['all', ...last],
  ]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
}

/** Of findings of one cause the smallest input is kept. */
function keep({ reader, findings }: Tally): void {
  const kinds = new Map<string, Finding[]>();
  for (const finding of findings) kinds.set(placeOf(finding), [...(kinds.get(placeOf(finding)) ?? []), finding]);
  for (const [place, same] of kinds) {
    const smallest = same.sort((a, b) => a.input.length - b.input.length)[0] as Finding;
    const hash = createHash('sha256').update(smallest.input).digest('hex').slice(0, 8);
    const name = `${foundName({ name: reader })}.${hash}`;
    writeFileSync(fileURLToPath(new URL(`./found/${name}`, import.meta.url)), smallest.input);
    console.error(
      `${reader}: ${smallest.kind} x ${same.length}, kept as ${name}\n  ${place}\n  ${smallest.text.slice(0, 800)}`,
    );
  }
}

/** The first places in our code and the error. */
function placeOf({ kind, text }: Finding): string {
  const [message = '', ...stack] = text.split('\n');
  const places = stack.filter((line) => line.includes('/src/') || line.includes('node_modules')).slice(0, 2);
  return [
    kind,
    places.length > 0 ? message.split(':')[0] : message.slice(0, 60),
    ...places.map((line) => line.trim()),
  ].join(' | ');
}
