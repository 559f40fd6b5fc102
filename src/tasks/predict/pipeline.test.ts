import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Pipeline, pipeline } from './pipeline.ts';

const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

interface Trace {
  /** Steps as they began and ended: `open 0`, `opened 0`, `make 0`, ... */
  readonly events: string[];
  readonly atOnce: { open: number; make: number; finish: number };
  readonly most: { open: number; make: number; finish: number; weight: number };
  /** How often one was being finished when another began to be made, or the other way round. */
  overlaps: number;
}

/** Steps that take as long as they are told and write down what happens; `broken` ones fail. */
function traced(
  durations: (item: number) => { readonly open: number; readonly make: number; readonly finish: number },
  broken: (step: string, item: number) => boolean = () => false,
  limits: Partial<Pipeline<number, number, number, string>> = {},
) {
  const trace: Trace = {
    events: [],
    atOnce: { open: 0, make: 0, finish: 0 },
    most: { open: 0, make: 0, finish: 0, weight: 0 },
    overlaps: 0,
  };
  const held = new Set<number>();
  const step = async (name: 'open' | 'make' | 'finish', item: number) => {
    trace.events.push(`${name} ${item}`);
    trace.atOnce[name]++;
    if (trace.atOnce.make > 0 && trace.atOnce.finish > 0) trace.overlaps++;
    trace.most[name] = Math.max(trace.most[name], trace.atOnce[name]);
    await sleep(durations(item)[name]);
    trace.atOnce[name]--;
    if (broken(name, item)) throw new Error(`${name} of ${item} is broken`);
  };
  const steps: Pipeline<number, number, number, string> = {
    async open(item) {
      await step('open', item);
      held.add(item);
      trace.most.weight = Math.max(trace.most.weight, held.size);
      return item;
    },
    async make(_, item) {
      await step('make', item).catch((error: unknown) => {
        held.delete(item);
        throw error;
      });
      return item;
    },
    async finish(_, item) {
      await step('finish', item).finally(() => held.delete(item));
      return `done ${item}`;
    },
    weigh: () => 1,
    budget: 10,
    width: 4,
    signal: { aborted: false },
    ...limits,
  };
  return { trace, steps };
}

async function collect(count: number, steps: Pipeline<number, number, number, string>) {
  const results: { item: number; told: string }[] = [];
  for await (const { item, outcome } of pipeline([...Array(count).keys()], steps)) {
    results.push({ item, told: 'value' in outcome ? outcome.value : (outcome.error as Error).message });
  }
  return results;
}

describe('a pipeline', () => {
  test('gives the outcomes in the order of the items, whatever takes long and whatever fails', async () => {
    const steps = fc.record({ open: fc.nat(3), make: fc.nat(3), finish: fc.nat(3) });
    const item = fc.record({ durations: steps, failing: fc.constantFrom('', '', '', 'open', 'make', 'finish') });
    await fc.assert(
      fc.asyncProperty(fc.array(item, { maxLength: 12 }), fc.integer({ min: 1, max: 5 }), async (items, width) => {
        const { trace, steps: made } = traced(
          (index) => items[index]?.durations as never,
          (name, index) => items[index]?.failing === name,
          { width },
        );
        const results = await collect(items.length, made);
        expect(results).toEqual(
          items.map(({ failing }, index) => ({
            item: index,
            told: failing === '' ? `done ${index}` : `${failing} of ${index} is broken`,
          })),
        );
        expect(trace.most.make).toBeLessThanOrEqual(1);
        expect(trace.most.weight).toBeLessThanOrEqual(width);
        const order = trace.events.filter((event) => event.startsWith('make ')).map((event) => Number(event.slice(5)));
        expect(order).toEqual([...order].sort((a, b) => a - b));
      }),
      { numRuns: 40 },
    );
  });

  test('opens the next and finishes the last while one is made', async () => {
    const { trace, steps } = traced(() => ({ open: 5, make: 20, finish: 15 }));
    await collect(6, steps);
    const position = (event: string) => trace.events.indexOf(event);
    expect(position('open 3')).toBeLessThan(position('make 2'));
    // Finishing 2 takes most of the time in which 3 is made.
    expect(trace.most.finish + trace.most.make).toBe(2);
    expect(trace.overlaps).toBeGreaterThan(2);
  });

  test('opens no more than may be at work, when finishing is slow', async () => {
    const { trace, steps } = traced(() => ({ open: 0, make: 0, finish: 10 }), undefined, { width: 3 });
    await collect(10, steps);
    expect(trace.most.weight).toBe(3);
  });

  test('takes items one by one when two are more than the budget', async () => {
    const { trace, steps } = traced(() => ({ open: 1, make: 1, finish: 1 }), undefined, { weigh: () => 6, budget: 10 });
    expect(await collect(4, steps)).toHaveLength(4);
    expect(trace.most.weight).toBe(1);
  });

  test('when aborted finishes what was made, and begins nothing', async () => {
    const signal = { aborted: false };
    const { trace, steps } = traced(() => ({ open: 1, make: 10, finish: 5 }), undefined, { signal });
    const results: number[] = [];
    const countOf = (step: string) => trace.events.filter((event) => event.startsWith(`${step} `)).length;
    const before = { open: 0, make: 0 };
    for await (const { item } of pipeline([...Array(20).keys()], steps)) {
      results.push(item);
      if (item !== 2) continue;
      signal.aborted = true;
      Object.assign(before, { open: countOf('open'), make: countOf('make') });
    }
    expect({ open: countOf('open'), make: countOf('make') }).toEqual(before);
    expect(before.open).toBeGreaterThan(before.make);
    expect(results).toEqual([...Array(before.make).keys()]);
    expect(trace.atOnce).toEqual({ open: 0, make: 0, finish: 0 });
  });
});
