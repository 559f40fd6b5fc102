import { describe, expect, test } from 'vitest';
import { servedModels } from './model-names.ts';

const names = async (...texts: string[]) => (await servedModels(texts)).map(({ name }) => name);

describe('served models', () => {
  test('have the names of their folders, or their own; the shipped one is served where none is named', async () => {
    expect(await names()).toEqual(['general']);
    expect(await names('nuclei', 'cells=nuclei', 'some/where/leaves')).toEqual(['nuclei', 'cells', 'leaves']);
  });

  test('need names that can be typed, each once', async () => {
    await expect(names('a b=nuclei', 'nuclei', 'x/nuclei')).rejects.toThrow(
      /^Models: "a b" is no name for a model: .*NAME=a b=nuclei; two models are called nuclei\. Give one another name, NAME=x\/nuclei\.$/,
    );
  });
});
