import { describe, expect, test } from 'vitest';
import { withCurrentLoss, withCurrentNames, withCurrentStep } from './former-names.ts';
import { PRESETS } from './presets.ts';

const { loss } = PRESETS.refinenet.step;
const { resolution, ...others } = loss;
const former = { ...others, meeting: resolution };

describe('a configuration of a former version', () => {
  test("has its loss's resolution under today's name, and all else as it was", () => {
    const saved = { seed: 3, step: { accumulate: 2, loss: former } };
    expect(withCurrentNames(saved)).toEqual({ seed: 3, step: { accumulate: 2, loss } });
    expect(withCurrentStep(saved.step)).toEqual({ accumulate: 2, loss });
    expect(withCurrentLoss(former)).toEqual(loss);
  });

  test('keeps the order of its fields, so that a run that goes on writes the same bytes', () => {
    const inOrder = { terms: loss.terms, meeting: resolution, ignoreIndex: 255 };
    expect(Object.keys(withCurrentLoss(inOrder))).toEqual(['terms', 'resolution', 'ignoreIndex']);
  });

  test("means today's name where it has both", () => {
    expect(withCurrentLoss({ ...loss, meeting: 'upsample-align-corners' })).toEqual(loss);
  });

  test('stays the same object where nothing is called otherwise', () => {
    const current = { step: { loss } };
    expect(withCurrentNames(current)).toBe(current);
  });

  test.each([undefined, null, 'text', {}, { step: null }, { step: {} }])(
    'is left to others where it is none: %j',
    (value) => {
      expect(withCurrentNames(value)).toBe(value);
    },
  );
});
