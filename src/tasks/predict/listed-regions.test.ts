import { expect, test } from 'vitest';
import { encodeOutput, outputFormats } from '../../inference/outputs/index.ts';
import { OUTPUT_FORMAT_NAMES } from '../names.ts';
import { assertRegionsListed, REGION_OPTIONS } from './listed-regions.ts';

test('options of regions are refused where no format lists regions, all at once', () => {
  const asked = { regions: 'component', minimumPixels: 9, tolerance: 1 } as const;
  expect(() => assertRegionsListed({ ...asked, formats: ['masks', 'confidence'] })).toThrow(
    '--regions changes nothing without one of --format rle, rle-counts, polygons, geojson.\n' +
      '--minimum-pixels changes nothing without one of --format rle, rle-counts, polygons, yolo, geojson.\n' +
      '--tolerance changes nothing without one of --format polygons, yolo, geojson.',
  );
  expect(() => assertRegionsListed({ ...asked, formats: ['masks', 'polygons'] })).not.toThrow();
  expect(() => assertRegionsListed({ formats: [] })).not.toThrow();
});

test('a format is named for an option just where the option changes what it writes', () => {
  // A disc, and one pixel of its class apart from it.
  const [width, height] = [24, 16];
  const data = Uint8Array.from({ length: width * height }, (_, index) => {
    const [x, y] = [index % width, Math.floor(index / width)];
    return Math.hypot(x - 8, y - 8) < 6 || (x === 20 && y === 3) ? 1 : 0;
  });
  const segmentation = { labels: { width, height, data }, confidence: undefined, entropy: undefined };
  const classes = ['ground', 'water'].map((name) => ({ name, color: [0, 0, 0] as const }));
  const written = (name: (typeof OUTPUT_FORMAT_NAMES)[number], options: object) =>
    outputFormats([name]).flatMap((format) =>
      encodeOutput(format, { ...segmentation, probabilities: undefined }, { image: 'a.jpg', classes, ...options }).map(
        ({ content }) => new TextDecoder().decode(content as Uint8Array),
      ),
    );
  const given = { regions: 'component', minimumPixels: 9, tolerance: 1 };
  const encodable = OUTPUT_FORMAT_NAMES.filter((name) => !/confidence|entropy/.test(name));
  for (const field of Object.keys(REGION_OPTIONS) as (keyof typeof REGION_OPTIONS)[]) {
    const changed = encodable.filter(
      (name) => `${written(name, {})}` !== `${written(name, { [field]: given[field] })}`,
    );
    expect(changed, field).toEqual(REGION_OPTIONS[field].formats);
  }
});
