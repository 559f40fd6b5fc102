import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HORIZON, onFront, onRoad, onWall, project } from './camera.ts';

const meters = (min: number, max: number) => fc.double({ min, max, noNaN: true });

test('what is projected comes back from the pixel, on the road, on a wall and on a front', () => {
  fc.assert(
    fc.property(meters(0.5, 20), fc.constantFrom(-1, 1), meters(0, 12), meters(2, 100), (away, side, up, ahead) => {
      const right = away * side;
      const road = onRoad(...project([right, 0, ahead]));
      expect(road.right).toBeCloseTo(right, 6);
      expect(road.ahead).toBeCloseTo(ahead, 6);
      const pixel = project([right, up, ahead]);
      const wall = onWall(right, ...pixel);
      expect(wall.up).toBeCloseTo(up, 6);
      expect(wall.ahead).toBeCloseTo(ahead, 6);
      const front = onFront(ahead, ...pixel);
      expect(front.right).toBeCloseTo(right, 6);
      expect(front.up).toBeCloseTo(up, 6);
    }),
  );
});

test('what is far away comes to the horizon', () => {
  const [x, y] = project([3, 0, 1e6]);
  expect(x).toBeCloseTo(HORIZON[0], 2);
  expect(y).toBeCloseTo(HORIZON[1], 2);
});
