/**
 * The public interface is what test/package/api/ says: a change of it shows in a diff. After one that is meant, write the
 * reports anew: UPDATE_API=1 npx vitest run test/package/api.test.ts
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { apiReport } from './api-report.ts';

/** By entry: the entries whose names are in reports of their own. */
const ENTRIES = {
  core: [],
  evaluation: ['core'],
  training: ['core', 'evaluation'],
  node: ['core', 'evaluation', 'training'],
  web: ['core'],
  'web-training': ['core', 'evaluation', 'training', 'web'],
} as const;

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));
const declarationsOf = (entry: string): string => `${DIST}entries/${entry}.d.ts`;
const program = ts.createProgram(Object.keys(ENTRIES).map(declarationsOf), {
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ES2023,
  types: [],
  skipLibCheck: true,
});

test.each(Object.entries(ENTRIES))('the entry %s exports what its report says', (entry, besides) => {
  const path = fileURLToPath(new URL(`api/${entry}.txt`, import.meta.url));
  const report = apiReport(program, declarationsOf(entry), besides.map(declarationsOf));
  if (process.env.UPDATE_API) {
    mkdirSync(new URL('api', import.meta.url), { recursive: true });
    writeFileSync(path, report);
  }
  expect(existsSync(path), `There is no ${path}. Run with UPDATE_API=1.`).toBe(true);
  expect(report).toBe(readFileSync(path, 'utf8'));
});
