import { describe, expect, test } from 'vitest';
import { fillLabels, fillTensor, fillWeights } from './formula.ts';

/** Made with numpy in float32: the first three elements, the last one, and the sum of element i times 1 + i % 7. */
const REFERENCE = [
  [
    'x:image',
    [1, 3, 64, 96],
    [-0.09167706966400146, 0.5288138389587402, -0.16781413555145264],
    0.5024746656417847,
    277.6987189054489,
  ],
  [
    'bn1.running_var',
    [64],
    [0.5538572669029236, 1.2182838916778564, 1.425818681716919],
    1.2669748067855835,
    267.54307371377945,
  ],
  [
    'bn1.weight',
    [64],
    [0.6068878173828125, 0.8427988886833191, 0.768967866897583],
    1.0486488342285156,
    241.82421815395355,
  ],
  [
    'bn1.bias',
    [64],
    [0.0412013903260231, -0.06708979606628418, -0.01041556615382433],
    0.03321358188986778,
    0.6520546660904074,
  ],
  [
    'conv1.weight',
    [64, 3, 7, 7],
    [0.12983396649360657, -0.0287474412471056, -0.034025706350803375],
    -0.04053570702672005,
    3.4922143548246822,
  ],
  [
    'mflow_conv_g1_pool.0.1_outvar_dimred.weight',
    [512, 512, 3, 3],
    [0.00618019700050354, -0.024233505129814148, -0.022508949041366577],
    -0.009059862233698368,
    -263.34344077345304,
  ],
  [
    'ü.weight',
    [8, 1, 3, 3],
    [0.4840236306190491, -0.1132441908121109, 0.2212543487548828],
    0.5394450426101685,
    6.800883051007986,
  ],
] as const;

describe('the fill formula', () => {
  test.each(REFERENCE)('gives %s %j the numbers that numpy gives', (name, shape, first, last, sum) => {
    const { data, shape: filled } = fillTensor(name, shape);
    expect(filled).toEqual(shape);
    expect([...data.slice(0, 3)]).toEqual(first);
    expect(data.at(-1)).toBe(last);
    expect(data.reduce((total, value, index) => total + value * (1 + (index % 7)), 0)).toBeCloseTo(sum, 8);
  });

  test('gives labels from 0 to the last class, and 255', () => {
    expect([...fillLabels('labels', [24], 5).data]).toEqual([
      1, 4, 4, 3, 3, 3, 1, 255, 2, 1, 1, 0, 3, 3, 3, 255, 3, 4, 0, 4, 255, 0, 0, 3,
    ]);
  });

  test('fills tensors by name', () => {
    const weights = fillWeights([['bn1.bias', [64]]]);
    expect(weights.get('bn1.bias')).toEqual(fillTensor('bn1.bias', [64]));
  });

  test('has no rule for a matrix', () => {
    expect(() => fillTensor('fc.weight', [2, 2])).toThrow('fc.weight: the formula has no rule for a tensor of rank 2.');
  });
});
