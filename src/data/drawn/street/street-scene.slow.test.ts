import { describe, expect, test } from 'vitest';
import { presentLabels } from '../../../image/label-map.ts';
import * as classes from './classes.ts';
import { drawStreet } from './street-scene.ts';

const scenes = [0, 1, 2].map(drawStreet);
const { STREET_CLASSES } = classes;

describe('the drawn street', () => {
  test('is the same for the same seed, and looks otherwise for another', () => {
    const [first, second] = scenes;
    expect(drawStreet(0)).toEqual(first);
    expect(second?.image.data).not.toEqual(first?.image.data);
    expect(second?.labels.data).not.toEqual(first?.labels.data);
  });

  test('has the size of CamVid and all of its classes but fences and bicyclists', () => {
    for (const { image, labels } of scenes) {
      expect([image.width, image.height, labels.width, labels.height]).toEqual([480, 360, 480, 360]);
      const names = presentLabels(labels).map((id) => STREET_CLASSES[id]?.name);
      expect(names).toEqual([
        'sky',
        'building',
        'pole',
        'road',
        'pavement',
        'tree',
        'sign symbol',
        'car',
        'pedestrian',
      ]);
    }
  });

  test('has its parts where a driver sees them, in their colors', () => {
    const places = [
      [220, 40, classes.SKY],
      [230, 340, classes.ROAD],
      [10, 100, classes.BUILDING],
      [10, 238, classes.PAVEMENT],
      [470, 100, classes.BUILDING],
      [202, 180, classes.CAR],
    ] as const;
    for (const { image, labels } of scenes) {
      const at = (x: number, y: number) => image.data.subarray((y * 480 + x) * 3, (y * 480 + x) * 3 + 3);
      for (const [x, y, id] of places) expect([x, y, labels.data[y * 480 + x]]).toEqual([x, y, id]);
      const [sky, road] = [at(220, 40), at(230, 340)] as [Uint8Array, Uint8Array];
      expect(Math.min(...sky)).toBeGreaterThan(Math.max(...road));
    }
  });

  test('refuses a seed that is none', () => {
    expect(() => drawStreet(-1)).toThrow('A seed is a whole number from 0');
  });
});
