import { describe, expect, test } from 'vitest';
import { FormatError } from '../../errors.ts';
import { architecture } from '../architectures.ts';
import { networkFromJson, toModelConfig } from './config.ts';

const definition = architecture('refinenet-lw-mobilenetv2', 2);
const classes = [
  { name: 'ground', color: [0, 0, 0] },
  { name: 'disc', color: [255, 0, 0] },
] as const;
const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('the network that a JSON describes', () => {
  test('is that of a config.json, or of its block alone', () => {
    const config = toModelConfig({ definition, classes });
    expect(networkFromJson(json(config), 'config.json')).toMatchObject(definition);
    expect(networkFromJson(json(config.refinenet), 'network.json')).toMatchObject(definition);
  });

  test('needs no number of classes, and may have a number of poolings for each block', () => {
    const { classes: _, decoder, ...rest } = definition;
    const own = { ...rest, decoder: { ...decoder, pooling: { ...decoder.pooling, count: [0, 1, 2, 3] } } };
    expect(networkFromJson(json(own), 'network.json')).toEqual({ ...own, classes: 1 });
  });

  test.each([null, 'refinenet', [], {}, { encoder: 'vgg16' }])('is told to be none: %j', (value) => {
    expect(() => networkFromJson(value, 'network.json')).toThrow(/^network\.json does not describe a RefineNet: /);
  });

  test('has all that is wrong with it named at once', () => {
    const wrong = { ...definition, encoder: 'vgg16', decoder: { ...definition.decoder, kernel: 5 } };
    expect(() => networkFromJson(json(wrong), 'network.json')).toThrow(/encoder.*decoder\.kernel/);
  });

  test.each([[[2]], [[3, 2]], [[16]], [[1, 2]], [[2, 2, 1]], [[1, 1]]])(
    'is not one whose scales are out of order or lack the whole image: %j',
    (imageDivisors) => {
      expect(() => networkFromJson(json({ ...definition, imageDivisors }), 'network.json')).toThrow(
        new FormatError(
          'network.json does not describe a RefineNet: imageDivisors: Must fall from number to number and end in 1. Take the block "refinenet" of a config.json and change it.',
        ),
      );
    },
  );

  test('is not one where a field is misspelled', () => {
    const { decoder, ...rest } = definition;
    const misspelled = {
      ...rest,
      encoderstride: 16,
      decoder: { ...decoder, pooling: { ...decoder.pooling, counts: 2 } },
    };
    expect(() => networkFromJson(json(misspelled), 'network.json')).toThrow(
      /: encoderstride: there is no such field; decoder\.pooling\.counts: there is no such field\. Take/,
    );
  });
});
