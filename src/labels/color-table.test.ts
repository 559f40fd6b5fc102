import { describe, expect, test } from 'vitest';
import { parseColorTable } from './color-table.ts';

describe('a table of classes by color', () => {
  test('is read with or without titles, names first or colors first', () => {
    const expected = [
      { name: 'bare ground', color: [0, 0, 0] },
      { name: 'water', color: [1, 20, 255] },
    ];
    expect(parseColorTable('name,r,g,b\nbare ground,0,0,0\nwater, 1, 20, 255\n', 'x.csv')).toEqual(expected);
    expect(parseColorTable('"bare ground",0,0,0\r\nwater;1;20;255', 'x.csv')).toEqual(expected);
    expect(parseColorTable('0 0 0\tbare ground\n1 20 255\t\twater', 'x.txt')).toEqual(expected);
  });

  test('names every line that does not fit', () => {
    const text = 'name,r,g,b\na,0,0,0\nb,0,0,256\nc,0,0\nd,0,0,0\n';
    expect(() => parseColorTable(text, 'x.csv')).toThrow(
      'x.csv: the table of classes does not fit: line 3: b has the color (0,0,256); line 4: "c,0,0" is no name with three numbers; line 5: d has the color of a.',
    );
    expect(() => parseColorTable('name,r,g,b\n', 'x.csv')).toThrow('it names no classes');
  });
});
