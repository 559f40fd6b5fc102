import { describe, expect, test } from 'vitest';
import { matchesTemplate, rule } from './template.ts';

describe('a rule', () => {
  test.each([
    ['a number', 'a{i}.x', 'b.{i}.x', 'a12.x', 'b.12.x'],
    ['a number counted from one more', 'a{i}', 'b{i-1}', 'a3', 'b2'],
    ['a number counted from elsewhere', 'a{i}', 'b{i+7}', 'a3', 'b10'],
    ['a number counted backwards', 'a{i}', 'b{5-i}', 'a4', 'b1'],
    ['a number of a range', 'a{i=1..3}', 'b{i}', 'a3', 'b3'],
    ['one part', 'a.*', 'b.c.*', 'a.weight', 'b.c.weight'],
    ['all that is left', 'a.**', 'b.**', 'a.x.0.y', 'b.x.0.y'],
    ['two numbers in another order', 'a{i}.{j}', 'b{j}.{i}', 'a1.2', 'b2.1'],
    ['characters that mean something in regular expressions', 'a+(b).{i}', 'c|{i}', 'a+(b).1', 'c|1'],
  ])('rewrites %s both ways', (_, from, to, name, rewritten) => {
    const { forward, backward } = rule(from, to);
    expect(forward(name)).toBe(rewritten);
    expect(backward(rewritten)).toBe(name);
  });

  test.each([
    ['a number outside the range', 'a{i=1..3}', 'b{i}', 'a4'],
    ['a number below the range', 'a{i=1..3}', 'b{i}', 'a0'],
    ['a number that would become negative', 'a{i}', 'b{i-1}', 'a0'],
    ['leading zeros', 'a{i}', 'b{i}', 'a01'],
    ['a longer name', 'a{i}', 'b{i}', 'a1.weight'],
    ['a name with something in front', 'a{i}', 'b{i}', 'xa1'],
    ['two parts for one', 'a.*', 'b.*', 'a.b.c'],
    ['any character for a dot', 'a.b', 'c', 'axb'],
    ['two numbers for one', 'a{i}.{i}', 'b{i}', 'a1.2'],
    ['numbers of any length', 'a{i}', 'b{i}', 'a123456'],
  ])('does not take %s', (_, from, to, name) => {
    expect(rule(from, to).forward(name)).toBeUndefined();
  });

  test('keeps the range when it rewrites backwards', () => {
    expect(rule('a{i=2..4}', 'b{5-i}').backward('b4')).toBeUndefined();
    expect(rule('a{i=2..4}', 'b{5-i}').backward('b3')).toBe('a2');
  });

  test('has the same placeholders on both sides', () => {
    expect(() => rule('a{i}', 'b')).toThrow('The patterns "a{i}" and "b" differ in their placeholders.');
  });
});

test('a pattern takes the names of its form', () => {
  const matches = matchesTemplate('features.18.{i=0..1}.*');
  expect(matches('features.18.1.weight')).toBe(true);
  expect(matches('features.18.2.weight')).toBe(false);
  expect(matches('features.17.1.weight')).toBe(false);
});
