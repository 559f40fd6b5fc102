import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../errors.ts';
import { IMAGENET_PREPROCESSING, type Preprocessing } from './preprocess.ts';
import { fromPreprocessorConfig, toPreprocessorConfig } from './preprocessor-config.ts';

describe('toPreprocessorConfig', () => {
  it('writes what transformers reads', () => {
    const preprocessing: Preprocessing = { ...IMAGENET_PREPROCESSING, resize: { width: 640, height: 480 } };
    expect(JSON.parse(JSON.stringify(toPreprocessorConfig(preprocessing)))).toEqual({
      image_processor_type: 'SegformerImageProcessor',
      do_resize: true,
      size: { height: 480, width: 640 },
      resample: 2,
      do_rescale: true,
      rescale_factor: 0.00392156862745098,
      do_normalize: true,
      image_mean: [0.485, 0.456, 0.406],
      image_std: [0.229, 0.224, 0.225],
      do_reduce_labels: false,
    });
  });

  it('leaves the size out where images keep theirs', () => {
    const config = toPreprocessorConfig(IMAGENET_PREPROCESSING);
    expect(config.do_resize).toBe(false);
    expect(config).not.toHaveProperty('size');
  });
});

describe('fromPreprocessorConfig', () => {
  it('reads back what was written', () => {
    const side = fc.integer({ min: 1, max: 4096 });
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -300, max: 300 });
    const positive = fc.double({ noNaN: true, min: 1e-3, max: 300 });
    const preprocessing = fc.record<Preprocessing>({
      resize: fc.oneof(
        fc.constant(null),
        fc.record({ width: side, height: side }),
        fc.record({ shortestEdge: side }),
        fc.record({ longestEdge: side }),
      ),
      resample: fc.constantFrom('bilinear', 'bicubic', 'nearest'),
      rescaleFactor: positive,
      mean: fc.tuple(finite, finite, finite),
      std: fc.tuple(positive, positive, positive),
    });
    fc.assert(
      fc.property(preprocessing, (p) => {
        expect(fromPreprocessorConfig(toPreprocessorConfig(p))).toEqual(p);
      }),
    );
  });

  it('takes ImageNet’s numbers and 1/255 for what is absent', () => {
    expect(fromPreprocessorConfig({ do_resize: false })).toEqual(IMAGENET_PREPROCESSING);
  });

  it('reads a bare size as a square', () => {
    expect(fromPreprocessorConfig({ size: 512 }).resize).toEqual({ width: 512, height: 512 });
  });

  it('turns steps that are switched off into steps that change nothing', () => {
    const off = {
      do_resize: false,
      do_rescale: false,
      do_normalize: false,
      rescale_factor: 0.5,
      image_mean: [1, 2, 3],
    };
    expect(fromPreprocessorConfig(off)).toEqual({
      resize: null,
      resample: 'bilinear',
      rescaleFactor: 1,
      mean: [0, 0, 0],
      std: [1, 1, 1],
    });
  });

  it('names every field that is wrong', () => {
    const wrong = {
      size: { height: 0, width: 10 },
      resample: 1,
      rescale_factor: 'a',
      image_mean: [1, 2],
      image_std: [1, 0, 1],
      do_center_crop: true,
    };
    let message = '';
    try {
      fromPreprocessorConfig(wrong);
    } catch (error) {
      expect(error).toBeInstanceOf(FormatError);
      message = (error as Error).message;
    }
    expect(message).toBe(
      'preprocessor_config.json does not fit: ' +
        'size.height: Too small: expected number to be >=1; ' +
        'resample: expected 0 (nearest), 2 (bilinear) or 3 (bicubic); ' +
        'rescale_factor: Invalid input: expected number, received string; ' +
        'image_mean: Too small: expected array to have >=3 items; ' +
        'image_std: has a 0, by which cannot be divided; ' +
        'do_center_crop: cropping is not supported, as it would cut the borders off the segmentation.',
    );
  });

  it('asks for the size where it resizes', () => {
    expect(() => fromPreprocessorConfig({})).toThrow(
      new FormatError(
        'preprocessor_config.json does not fit: size: missing, though do_resize is on. ' +
          'Give a size, or set do_resize to false.',
      ),
    );
  });

  it('refuses what is no object, and sizes of which only a part is understood', () => {
    for (const json of [null, 3, 'x', [], { size: { shortest_edge: 800, longest_edge: 1333 } }]) {
      expect(() => fromPreprocessorConfig(json)).toThrow(FormatError);
    }
    expect(() => fromPreprocessorConfig({ size: 'big' })).toThrow(
      'size: expected {height, width}, {shortest_edge}, {longest_edge} or one number, in whole pixels from 1 to 65535.',
    );
  });

  it('takes nothing from a __proto__ key', () => {
    const config = fromPreprocessorConfig(
      JSON.parse('{"__proto__": {"resample": 3, "polluted": 1}, "do_resize": false}'),
    );
    expect(config.resample).toBe('bilinear');
    expect({}).not.toHaveProperty('polluted');
  });
});
