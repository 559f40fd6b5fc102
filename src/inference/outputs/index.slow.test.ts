import fc from 'fast-check';
import { decode } from 'fast-png';
import { describe, expect, test } from 'vitest';
import { drawn, maskOf, randomLabels } from '../../../test/support/drawn/labels.ts';
import { type LabelMap, labelMap } from '../../image/label-map.ts';
import { decodeLabelPng } from '../../image/png.ts';
import { float32, type Tensor } from '../../tensor/tensor.ts';
import { encodeOutput, OUTPUT_FORMATS, outputFormats } from './index.ts';
import type { OutputContext, OutputFile, OutputFormat, SegmentationSource } from './output-format.ts';
import { rasterizeRings } from '../../../test/support/rasterize-rings.ts';
import { type Ring, signedArea } from '../../image/regions/rings.ts';
import { decodeRunLengths, type RunLengthMask } from '../../image/regions/run-lengths.ts';

const CONTEXT: OutputContext = {
  image: 'photo.jpg',
  classes: [
    { name: 'background', color: [0, 0, 0] },
    { name: 'Traffic / light', color: [250, 170, 30] },
    { name: '__proto__', color: [1, 2, 3] },
  ],
};

const HOLES = drawn('1111110', '1221110', '1201110', '1111011', '0000012');

const formatNamed = (name: string) => outputFormats([name])[0] as OutputFormat;
const source = (labels: LabelMap, more: Partial<SegmentationSource> = {}): SegmentationSource => ({
  labels,
  confidence: undefined,
  entropy: undefined,
  probabilities: undefined,
  ...more,
});

function files(name: string, segmentation: SegmentationSource, context: Partial<OutputContext> = {}) {
  return encodeOutput(formatNamed(name), segmentation, { ...CONTEXT, ...context });
}

function text(name: string, segmentation: SegmentationSource, context: Partial<OutputContext> = {}): string {
  return new TextDecoder().decode(files(name, segmentation, context)[0]?.content as Uint8Array);
}

/** Flattens a list of points; a last one that repeats the first stays out. */
function flat(points: readonly (readonly [number, number])[]): Ring {
  const [first, last] = [points[0], points.at(-1)] as [readonly [number, number], readonly [number, number]];
  return (first[0] === last[0] && first[1] === last[1] ? points.slice(0, -1) : points).flat();
}

interface Rle {
  readonly annotations: readonly {
    readonly category_id: number;
    readonly segmentation: RunLengthMask;
    readonly area: number;
  }[];
}
interface Polygons {
  readonly regions: readonly {
    readonly id: number;
    readonly polygons: readonly { readonly exterior: [number, number][]; readonly holes: [number, number][][] }[];
  }[];
}
interface GeoJson {
  readonly features: readonly {
    readonly properties: { readonly id: number };
    readonly geometry: { readonly type: string; readonly coordinates: [number, number][][] | [number, number][][][] };
  }[];
}
type Masks = [id: number, mask: Uint8Array][];

/** How the masks are read back from each format of documents. */
const READERS: Readonly<Record<string, (content: string, size: LabelMap) => Masks>> = {
  rle: readRle,
  'rle-counts': readRle,
  polygons: (content, { width, height }) =>
    (JSON.parse(content) as Polygons).regions.map(({ id, polygons }) => [
      id,
      rasterizeRings(
        polygons.flatMap(({ exterior, holes }) => [exterior, ...holes].map(flat)),
        width,
        height,
      ),
    ]),
  geojson: (content, { width, height }) =>
    (JSON.parse(content) as GeoJson).features.map(({ properties: { id }, geometry }) => [
      id,
      rasterizeRings(geojsonPolygons(geometry).flat().map(flat), width, height),
    ]),
  yolo: readYolo,
};

function readRle(content: string): Masks {
  return (JSON.parse(content) as Rle).annotations.map(({ category_id, segmentation }) => [
    category_id,
    decodeRunLengths(segmentation),
  ]);
}

function readYolo(content: string, { width, height }: LabelMap): Masks {
  const lines = content.split('\n').slice(0, -1);
  return lines.map((line) => {
    const [id, ...numbers] = line.split(' ').map(Number) as [number, ...number[]];
    const ring = numbers.map((value, at) => Math.round(value * (at % 2 === 0 ? width : height)));
    return [id, rasterizeRings([ring], width, height)];
  });
}

function geojsonPolygons({ type, coordinates }: GeoJson['features'][number]['geometry']): [number, number][][][] {
  return (type === 'Polygon' ? [coordinates] : coordinates) as [number, number][][][];
}

/** The union of masks by class id; undefined if two of them overlap. */
function united(masks: Masks, pixels: number): Map<number, Uint8Array> | undefined {
  const taken = new Uint8Array(pixels);
  const all = new Map<number, Uint8Array>();
  for (const [id, mask] of masks) {
    const union = all.get(id) ?? new Uint8Array(pixels);
    for (const [pixel, value] of mask.entries()) {
      if (value === 0) continue;
      if (taken[pixel] === 1) return undefined;
      taken[pixel] = 1;
      union[pixel] = 1;
    }
    all.set(id, union);
  }
  return all;
}

function masksOf(labels: LabelMap): Map<number, Uint8Array> {
  return new Map([...new Set(labels.data)].map((id) => [id, maskOf(labels, id)]));
}

describe.each(Object.keys(READERS))('%s', (name) => {
  test.each(['class', 'component'] as const)('gives every mask back, by %s', (regions) => {
    fc.assert(
      fc.property(randomLabels(), (labels) => {
        const read = READERS[name]?.(text(name, source(labels), { regions }), labels) as Masks;
        expect(united(read, labels.data.length)).toEqual(masksOf(labels));
      }),
    );
  });

  test('gives lines of 65535 pixels back', () => {
    const data = Uint8Array.from({ length: 65_535 * 3 }, (_, pixel) => ((pixel >> 8) * (pixel >> 10)) % 3);
    for (const labels of [labelMap(65_535, 3, data), labelMap(3, 65_535, data), labelMap(65_535, 3, data.fill(1))]) {
      const read = united(READERS[name]?.(text(name, source(labels)), labels) as Masks, data.length);
      const expected = masksOf(labels);
      expect(read?.size).toBe(expected.size);
      // Matchers take seconds over so many numbers.
      for (const [id, mask] of expected)
        expect(Buffer.compare(read?.get(id) ?? Buffer.of(), mask), `class ${id}`).toBe(0);
    }
  });

  test('leaves out ids that are no classes, classes not wanted and components too small', () => {
    const ids = (labels: LabelMap, context: Partial<OutputContext>) =>
      [
        ...(united(READERS[name]?.(text(name, source(labels), context), labels) as Masks, labels.data.length) ?? []),
      ].map(([id, mask]) => [id, mask.reduce((sum, value) => sum + value, 0)]);
    const ignored = labelMap(3, 1, Uint8Array.from([255, 1, 3]));
    expect(ids(ignored, {})).toEqual([[1, 1]]);
    expect(ids(HOLES, { only: [2] })).toEqual([[2, 4]]);
    expect(ids(HOLES, { minimumPixels: 4 })).toEqual([
      [0, 6],
      [1, 21],
    ]);
    expect(ids(HOLES, { only: [] })).toEqual([]);
  });

  test('is the same each time, and ends with a line break', () => {
    expect(text(name, source(HOLES))).toBe(text(name, source(HOLES)));
    expect(text(name, source(HOLES)).endsWith('\n')).toBe(true);
  });
});

describe('COCO', () => {
  const confidence = Float32Array.from(HOLES.data, (id, pixel) => (id === 2 ? 0.25 + 0.5 * (pixel % 2) : 1));

  test('is a document that names the image, all classes and every region', () => {
    expect(JSON.parse(text('rle-counts', source(HOLES, { confidence }), { only: [2], regions: 'component' }))).toEqual({
      images: [{ id: 1, file_name: 'photo.jpg', width: 7, height: 5 }],
      categories: [
        { id: 0, name: 'background' },
        { id: 1, name: 'Traffic / light' },
        { id: 2, name: '__proto__' },
      ],
      annotations: [
        {
          id: 1,
          image_id: 1,
          category_id: 2,
          segmentation: { size: [5, 7], counts: [6, 2, 3, 1, 23] },
          area: 3,
          bbox: [1, 1, 2, 2],
          iscrowd: 0,
          score: 0.583333,
        },
        {
          id: 2,
          image_id: 1,
          category_id: 2,
          segmentation: { size: [5, 7], counts: [34, 1] },
          area: 1,
          bbox: [6, 4, 1, 1],
          iscrowd: 0,
          score: 0.25,
        },
      ],
    });
  });
});

describe('YOLO text', () => {
  test('has the class and points as fractions, a component a line', () => {
    expect(text('yolo', source(drawn('1100', '1100', '0002', '0000')), { only: [1, 2] })).toBe(
      '1 0 0 0.5 0 0.5 0.5 0 0.5\n2 0.75 0.5 1 0.5 1 0.75 0.75 0.75\n',
    );
  });

  test('cuts to a hole and back', () => {
    expect(text('yolo', source(drawn('1111', '1101', '1111', '1111')), { only: [1] })).toBe(
      '1 0 0 1 0 1 1 0 1 0 0.25 0.5 0.25 0.5 0.5 0.75 0.5 0.75 0.25 0.5 0.25 0 0.25\n',
    );
  });

  test('cuts to each of several holes by itself, without walking any side twice', () => {
    expect(text('yolo', source(drawn('1111', '1101', '1111', '1101', '1111')), { only: [1] })).toBe(
      '1 0 0 1 0 1 1 0 1 0 0.6 0.5 0.6 0.5 0.8 0.75 0.8 0.75 0.6 0.5 0.6 0 0.6 0 0.2 0.5 0.2 0.5 0.4 0.75 0.4 0.75 0.2 0.5 0.2 0 0.2\n',
    );
  });

  test('keeps cuts where polygons are simplified: holes stay holes', () => {
    const disc = (x: number, y: number, radius: number) => Math.hypot(x - 32, y - 32) < radius;
    const data = Uint8Array.from({ length: 4096 }, (_, pixel) => {
      const [x, y] = [(pixel % 64) + 0.5, Math.floor(pixel / 64) + 0.5];
      return Number(disc(x, y, 30) && !disc(x, y, 12));
    });
    const labels = labelMap(64, 64, data);
    const content = text('yolo', source(labels), { only: [1], tolerance: 1 });
    const [[, mask]] = readYolo(content, labels) as [[number, Uint8Array]];
    const wrong = mask.filter((value, pixel) => value !== data[pixel]).length;
    expect(wrong).toBeGreaterThan(0);
    expect(wrong).toBeLessThan(100);
    expect(mask[32 * 64 + 32]).toBe(0);
  });
});

describe('GeoJSON', () => {
  const frame = drawn('111', '101', '111');

  test('is a FeatureCollection of closed rings, counterclockwise outside and clockwise around holes', () => {
    expect(JSON.parse(text('geojson', source(frame), { only: [1] }))).toEqual({
      type: 'FeatureCollection',
      features: [
        {
          type: 'Feature',
          properties: { id: 1, label: 'Traffic / light', color: '#faaa1e', pixels: 8, image: 'photo.jpg' },
          geometry: {
            type: 'Polygon',
            coordinates: [
              [
                [0, 0],
                [3, 0],
                [3, 3],
                [0, 3],
                [0, 0],
              ],
              [
                [1, 2],
                [2, 2],
                [2, 1],
                [1, 1],
                [1, 2],
              ]
                .toReversed()
                .toReversed(),
            ],
          },
        },
      ],
    });
  });

  test('lies on the map by the transform, in the right-hand rule whichever way its axes point', () => {
    const north = [500, 10, 0, 900, 0, -10] as const;
    const rotated = [500, 3, 4, 900, 4, -3] as const;
    const mirrored = [0, -2, 0, 0, 0, -2] as const;
    for (const transform of [north, rotated, mirrored]) {
      const { features } = JSON.parse(text('geojson', source(frame), { only: [1], transform })) as GeoJson;
      const [polygon] = features.flatMap(({ geometry }) => geojsonPolygons(geometry));
      const [exterior, hole] = (polygon ?? []).map(flat) as [Ring, Ring];
      const pixel = Math.abs(transform[1] * transform[5] - transform[2] * transform[4]);
      expect(signedArea(exterior)).toBeCloseTo(9 * pixel, 9);
      expect(signedArea(hole)).toBeCloseTo(-pixel, 9);
    }
    const { features } = JSON.parse(text('geojson', source(frame), { only: [0], transform: north })) as GeoJson;
    expect(features[0]?.geometry.coordinates).toEqual([
      expect.arrayContaining([
        [510, 890],
        [520, 890],
        [520, 880],
        [510, 880],
      ]),
    ]);
  });

  test('names a reference system that is given', () => {
    const transform = [0, 1, 0, 0, 0, -1] as const;
    expect(JSON.parse(text('geojson', source(frame), { transform, crs: 'EPSG:32633' }))).toMatchObject({
      crs: { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::32633' } },
    });
  });
});

describe('masks', () => {
  test('are white where a class is, one for each class found, under names of letters and digits', () => {
    fc.assert(
      fc.property(randomLabels(), (labels) => {
        const written = files('masks', source(labels));
        expect(written).toHaveLength(new Set(labels.data).size);
        for (const { suffix, content } of written) {
          const id = Number(/^\.mask-(\d)/.exec(suffix)?.[1]);
          expect(decodeLabelPng(content as Uint8Array).data).toEqual(maskOf(labels, id));
        }
      }),
      { numRuns: 30 },
    );
    expect(files('masks', source(HOLES)).map(({ suffix }) => suffix)).toEqual([
      '.mask-0-background.png',
      '.mask-1-traffic-light.png',
      '.mask-2-proto.png',
    ]);
  });

  test('are black for a class that was asked for and is not there', () => {
    const [only] = files('masks', source(drawn('00', '00')), { only: [1] });
    expect([...decodeLabelPng(only?.content as Uint8Array).data]).toEqual([0, 0, 0, 0]);
  });
});

describe('confidence and entropy', () => {
  const labels = drawn('012', '012');
  const values = Float32Array.from([0, 0.25, 0.5, 0.75, 1, 1.5]);
  const given = source(labels, { confidence: values, entropy: values });

  test.each([
    ['confidence', 'Probability of the chosen class: 0 is 0, 255 is 1.'],
    [
      'entropy',
      'Entropy of the probabilities of K classes divided by log K: 0 is certain (0), 255 is all equally likely (1).',
    ],
  ])('%s is 8-bit gray from 0 to 1, and says so', (name, meaning) => {
    const [file] = files(name, given);
    const { data, depth, channels, text: texts } = decode(file?.content as Uint8Array);
    expect([...data]).toEqual([0, 64, 128, 191, 255, 255]);
    expect([depth, channels, texts.Description]).toEqual([8, 1, meaning]);
  });

  test.each(['confidence', 'entropy'])('%s is an array too, as it is', (name) => {
    const written = files(`${name}-npy`, given);
    expect(written).toEqual([{ suffix: `.${name}.npy`, content: { dtype: 'float32', shape: [2, 3], data: values } }]);
  });

  test('entropy is taken from probabilities where they are all there is', () => {
    const probabilities = float32(
      [3, 2, 3],
      [...[1, 0.5, 1 / 3, 0, 0.25, 0.9], ...[0, 0.5, 1 / 3, 1, 0.25, 0.05], ...[0, 0, 1 / 3, 0, 0.5, 0.05]],
    );
    const [file] = files('entropy-npy', source(labels, { probabilities })) as [OutputFile];
    const { data } = file.content as Tensor<'float32'>;
    const expected = [0, Math.log(2), Math.log(3), 0, 1.5 * Math.log(2), -0.9 * Math.log(0.9) - 0.1 * Math.log(0.05)];
    for (const [pixel, nats] of expected.entries()) expect(data[pixel]).toBeCloseTo(nats / Math.log(3), 6);
  });

  test('ask for what is missing', () => {
    expect(() => files('confidence', source(labels))).toThrow(
      'Outputs: the segmentation has no confidence. Create the segmenter with {confidence: true}.',
    );
    expect(() => files('entropy', source(labels))).toThrow(
      'Outputs: the segmentation has no entropy. Create the segmenter with {entropy: true}.',
    );
  });
});

describe('the table of formats', () => {
  test('has names and extensions that differ', () => {
    for (const key of ['name', 'extension'] as const) {
      expect(new Set(OUTPUT_FORMATS.map((format) => format[key])).size).toBe(OUTPUT_FORMATS.length);
    }
  });

  test.each(OUTPUT_FORMATS)('$name gives files of its extension, without touching what it is given', (format) => {
    const values = new Float32Array(HOLES.data.length).fill(0.5);
    const segmentation = source(labelMap(7, 5, HOLES.data.slice()), {
      confidence: values.slice(),
      entropy: values.slice(),
    });
    const written = encodeOutput(format, segmentation, CONTEXT);
    const pattern = new RegExp(`^${format.extension.replaceAll('.', '\\.').replace('CLASS', '[a-z0-9-]+')}$`);
    expect(written.length).toBeGreaterThan(0);
    for (const { suffix } of written) expect(suffix).toMatch(pattern);
    expect(segmentation).toEqual(source(HOLES, { confidence: values, entropy: values }));
  });

  test('is searched by names', () => {
    expect(outputFormats(['geojson', 'rle', 'rle']).map(({ name }) => name)).toEqual(['rle', 'geojson']);
    expect(() => outputFormats(['rle', 'svg', 'coco'])).toThrow(
      'Outputs: there is no format svg and no format coco. Choose from rle, rle-counts, polygons, yolo, geojson, masks, confidence, confidence-npy, entropy, entropy-npy.',
    );
  });

  test('refuses all wrong options at once', () => {
    expect(() =>
      files('rle', source(HOLES), {
        regions: 'instance' as 'class',
        only: [3, 0, -1],
        minimumPixels: 0,
        tolerance: Number.NaN,
        transform: [0, 1, 2, 0, 2, 4],
        crs: 'UTM 33',
      }),
    ).toThrow(
      "Outputs: regions is instance; give class or component; only has 3, -1; the classes are 0 ... 2; minimumPixels is 0; give a whole number from 1 on; tolerance is NaN; give pixels, from 0 on; transform is 0, 1, 2, 0, 2, 4; give six finite numbers in GDAL's order that do not map all pixels to one line; crs is UTM 33; give it as AUTHORITY:CODE, EPSG:32633.",
    );
    expect(() => files('rle', source(HOLES), { crs: 'EPSG:4326' })).toThrow(
      'Outputs: crs is EPSG:4326, but there is no transform; give both or none.',
    );
  });
});
