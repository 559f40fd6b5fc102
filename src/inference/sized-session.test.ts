import { expect, test } from 'vitest';
import type { ImageSize } from '../image/preprocess.ts';
import type { Session } from '../runtime/backend.ts';
import { SizedSession } from './sized-session.ts';

const EXPECTED: ImageSize = { width: 64, height: 64 };
const OTHER: ImageSize = { width: 32, height: 64 };

/** Sessions that tell what becomes of them; `fails` makes the next one fail to load. */
function sessions() {
  const events: string[] = [];
  const told = { events, fails: false };
  const create = async (size: ImageSize | undefined): Promise<Session> => {
    const name = size ? 'sized' : 'any';
    await Promise.resolve();
    if (told.fails) throw new Error('out of memory');
    events.push(`${name} made`);
    return {
      provider: name,
      inputNames: [],
      outputNames: [],
      run: async () => {
        events.push(`${name} ran`);
        return {};
      },
      dispose: async () => {
        events.push(`${name} disposed`);
      },
    } as unknown as Session;
  };
  return { told, create };
}

test('the session for any size takes over once it is there', async () => {
  const { told, create } = sessions();
  const session = await SizedSession.create(create, EXPECTED);
  for (const size of [EXPECTED, OTHER, EXPECTED]) await session.run(size, {});
  await session.dispose();
  expect(told.events).toEqual([
    'sized made',
    'sized ran',
    'any made',
    'sized disposed',
    'any ran',
    'any ran',
    'any disposed',
  ]);
});

test('where it cannot be loaded, images of the expected size are run as before, and it is tried anew', async () => {
  const { told, create } = sessions();
  const session = await SizedSession.create(create, EXPECTED);
  told.fails = true;
  await expect(session.run(OTHER, {})).rejects.toThrow('out of memory');
  await session.run(EXPECTED, {});
  told.fails = false;
  await session.run(OTHER, {});
  expect(told.events).toEqual(['sized made', 'sized ran', 'any made', 'sized disposed', 'any ran']);
});

test('what could not be loaded does not keep it from being disposed of', async () => {
  const { told, create } = sessions();
  const session = await SizedSession.create(create, EXPECTED);
  told.fails = true;
  const run = session.run(OTHER, {});
  await session.dispose();
  await expect(run).rejects.toThrow('out of memory');
  expect(told.events).toEqual(['sized made', 'sized disposed']);
});

test('each is disposed of once, also where the other one is there only later', async () => {
  const { told, create } = sessions();
  const session = await SizedSession.create(create, EXPECTED);
  const run = session.run(OTHER, {});
  await session.dispose();
  await run.catch(() => {});
  await session.dispose();
  expect(told.events.filter((event) => event === 'sized disposed')).toHaveLength(1);
});
