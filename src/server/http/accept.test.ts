import { describe, expect, test } from 'vitest';
import { acceptedOffer } from './accept.ts';

const OFFERS = [
  { name: 'json', type: 'application/json' },
  { name: 'mask', type: 'image/png' },
  { name: 'overlay', type: 'image/png' },
  { name: 'rle', type: 'application/json' },
];

describe('the offer that a client accepts', () => {
  test.each([
    [undefined, 'json'],
    ['*/*', 'json'],
    ['image/png', 'mask'],
    ['IMAGE/PNG', 'mask'],
    ['image/*', 'mask'],
    ['image/png;format=overlay', 'overlay'],
    ['application/json; format="rle"', 'rle'],
    ['*/*;q=0.1, image/png', 'mask'],
    ['image/png;q=0.2, application/json;q=0.3', 'json'],
    ['application/json;q=0, */*', 'mask'],
    ['image/png;format=mask;q=0.1, image/png', 'overlay'],
    ['text/html,application/xhtml+xml,image/avif,image/webp,*/*;q=0.8', 'json'],
    ['video/mp4', undefined],
    ['image/png;format=rle', undefined],
    ['image/png;q=0', undefined],
    ['image/png;q=7', undefined],
    ['', undefined],
    [',;/,image', undefined],
  ])('is for %j %s', (accept, name) => {
    expect(acceptedOffer(accept, OFFERS)?.name).toBe(name);
  });
});
