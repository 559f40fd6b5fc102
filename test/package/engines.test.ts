/** What the package promises of Node holds for all that is installed with it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { CHECKOUT } from './packed.ts';

interface Locked {
  readonly version: string;
  readonly dev?: boolean;
  readonly engines?: { readonly node?: string };
  readonly dependencies?: Readonly<Record<string, string>>;
}

const read = (name: string) => JSON.parse(readFileSync(`${CHECKOUT}/${name}`, 'utf8'));
const { satisfies, minVersion } = createRequire(import.meta.url)('semver') as {
  satisfies(version: string, range: string): boolean;
  minVersion(range: string): { readonly version: string };
};

const packages = new Map(Object.entries(read('package-lock.json').packages as Record<string, Locked>));
const installed = [...packages].filter(([path, { dev }]) => path !== '' && !dev);

/** The package that another one finds by a name: in its own folder, or in those around it. */
function found(path: string, name: string): Locked | undefined {
  const own = packages.get(`${path === '' ? '' : `${path}/`}node_modules/${name}`);
  if (own || path === '') return own;
  return found(path.slice(0, Math.max(0, path.lastIndexOf('node_modules/') - 1)), name);
}

// No source imports light-my-request: it is a dependency so that fastify gets a version of it that runs on Node 20. Overrides,
// the usual way, are those of the checkout alone.
test('every dependency runs on the oldest Node that the package does', () => {
  const oldest = minVersion(read('package.json').engines.node).version;
  const others = installed.filter(([, { engines }]) => engines?.node && !satisfies(oldest, engines.node));
  expect(others.map(([path, { version, engines }]) => `${path} ${version}: ${engines?.node}`)).toEqual([]);
});

test('dependencies are those that others get, too, who have none of the overrides here', () => {
  const forced = installed.flatMap(([path, { dependencies = {} }]) =>
    Object.entries(dependencies).flatMap(([name, range]) => {
      const version = found(path, name)?.version;
      return version === undefined || satisfies(version, range) ? [] : [`${path}: ${name} ${range}, not ${version}`];
    }),
  );
  expect(forced).toEqual([]);
});
