/**
 * Tries all readers with many inputs: `npm run fuzz -- [INPUTS] [SEED] [PART OF A READER'S NAME]`. What is found is kept in
 * test/fuzz/found, where the tests try it again.
 */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { campaign, type Finding } from './campaign.ts';
import { foundName } from './found-name.ts';
import { READERS } from './readers/index.ts';

const [inputs = '10000', seed = '1', part = ''] = process.argv.slice(2);
const readers = READERS.filter(({ name }) => name.includes(part));

console.log('| reader | inputs | answered | refused | found |\n| --- | ---: | ---: | ---: | ---: |');
let isSound = true;
for (const reader of readers) {
  const [tally] = await campaign({ readers: [reader], inputs: Number(inputs), seed: Number(seed) });
  const { answers, refusals, findings } = tally as NonNullable<typeof tally>;
  const all = answers + refusals + findings.length;
  console.log(`| ${reader.name} | ${all} | ${answers} | ${refusals} | ${findings.length} |`);
  const kinds = new Map<string, Finding[]>();
  for (const finding of findings) kinds.set(placeOf(finding), [...(kinds.get(placeOf(finding)) ?? []), finding]);
  for (const [place, same] of kinds) {
    const smallest = same.sort((a, b) => a.input.length - b.input.length)[0] as Finding;
    const hash = createHash('sha256').update(smallest.input).digest('hex').slice(0, 8);
    const name = `${foundName(reader)}.${hash}`;
    writeFileSync(fileURLToPath(new URL(`./found/${name}`, import.meta.url)), smallest.input);
    console.error(
      `${reader.name}: ${smallest.kind} x ${same.length}, kept as ${name}\n  ${place}\n  ${smallest.text.slice(0, 800)}`,
    );
    isSound = false;
  }
}
process.exitCode = isSound ? 0 : 1;

/** Findings of one cause: the first places in our code and the error. */
function placeOf({ kind, text }: Finding): string {
  const [message = '', ...stack] = text.split('\n');
  const places = stack.filter((line) => line.includes('/src/') || line.includes('node_modules')).slice(0, 2);
  return [
    kind,
    places.length > 0 ? message.split(':')[0] : message.slice(0, 60),
    ...places.map((line) => line.trim()),
  ].join(' | ');
}
