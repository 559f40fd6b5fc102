/** What holds where the first bytes of a file were misread: this is mocked here. */
import { expect, test, vi } from 'vitest';
import { decodeImage } from './decode-image.ts';

vi.mock('../../image/image-kinds.ts', async (original) => ({
  ...(await original<object>()),
  imageKindOf: () => ({ supported: true, format: 'AVIF' }),
}));

test('an image of another format than its first bytes were taken for is refused before its pixels are read', async () => {
  const drawing = new TextEncoder().encode(
    '<svg xmlns="http://www.w3.org/2000/svg" width="4000" height="4000"><filter id="a"><feTurbulence/></filter><rect width="4000" height="4000" filter="url(#a)"/></svg>',
  );
  await expect(decodeImage(drawing, { name: 'p.avif' })).rejects.toThrow(
    'p.avif: it begins as AVIF does, but is of the format svg. Save it anew as AVIF.',
  );
});
