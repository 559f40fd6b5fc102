import { describe, expect, test } from 'vitest';
import { QUERY_FIELDS, readSegmentQuery } from './segment-query.ts';

test('options are those of predict, as they are typed', () => {
  expect(
    readSegmentQuery({
      model: 'm',
      scales: '0.5,1',
      flip: '',
      'minimum-pixels': '7',
      tolerance: '1.5',
      regions: 'component',
    }),
  ).toEqual({
    model: 'm',
    scales: [0.5, 1],
    flip: true,
    minimumPixels: 7,
    tolerance: 1.5,
    regions: 'component',
    opacity: 0.5,
  });
  expect(QUERY_FIELDS.map(({ name }) => name)).toContain('minimum-pixels');
});

test.each([
  ['true', true],
  ['1', true],
  ['false', false],
  ['no', false],
])('flip=%s is %s', (text, value) => expect(readSegmentQuery({ flip: text }).flip).toBe(value));

describe('what is wrong is named', () => {
  test.each([
    [{ scales: '' }, 'scales.0: '],
    [{ scales: '1,,2' }, 'scales.1: '],
    [{ scales: '0' }, 'scales.0: '],
    [{ tile: '1.5' }, 'tile: '],
    [{ tile: '' }, 'tile: '],
    [{ opacity: 'NaN' }, 'opacity: '],
    [{ minimumPixels: '3' }, 'there is no "minimumPixels"; the options are format, model, scales'],
    [{ __proto__x: '3' }, 'there is no "__proto__x"'],
    [{ model: ['a', 'b'] }, 'model is given more than once'],
    [{ device: 'cuda' }, 'there is no "device"'],
  ])('in %j', (texts, message) => {
    expect(() => readSegmentQuery(texts)).toThrow(message);
  });
});
