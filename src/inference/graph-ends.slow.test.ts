/** What a run on WebGPU computes and copies, with a driver in software. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { CASES, type InferenceLine, PICTURE } from '../../test/support/device/inference-cases.ts';
import { missingSoftwareWebgpu, SOFTWARE_WEBGPU } from '../../test/support/software-webgpu.ts';

const CHILD = fileURLToPath(new URL('../../test/support/device/inference-child.ts', import.meta.url));

const PIXELS = PICTURE.width * PICTURE.height;

/** What sizes are computed with where they are open: a few whole numbers that never were on the device. */
const OF_SIZES = ['Concat', 'Gather', 'Slice'];

/**
 * Of Light-Weight RefineNet on MobileNetV2: 78 convolutions, 31 sums, 4 bounds, 16 poolings, 4 enlargements and 7 exchanges of axes
 * around these; two for the pixels, two for the labels, one for the sums of scores.
 */
const KERNELS = 145;

/** The bytes of the sums of scores of what enters the network at this size. */
const sums = (width: number, height: number): number => 4 * Math.ceil(width / 4) * Math.ceil(height / 4);

/** The softmax of the scores, its largest value and its entropy. */
const OF_PROBABILITIES = 13;

const EXPECTED: readonly Omit<InferenceLine, 'classes' | 'title' | 'others'>[] = [
  { kernels: KERNELS, elsewhere: [], up: 3 * PIXELS, down: PIXELS + sums(45, 33) },
  { kernels: KERNELS, elsewhere: [], up: 3 * 35 * 40, down: PIXELS + sums(40, 35) },
  {
    kernels: KERNELS + OF_PROBABILITIES,
    elsewhere: OF_SIZES,
    up: 3 * 40 * 54 + 16,
    down: (1 + 4 + 4) * PIXELS + sums(54, 40),
  },
  // RefineNet-18: every 3 x 3 convolution is its transforms and a product. Its matrices are fed with each run.
  { kernels: 1044, elsewhere: [], up: 3 * PIXELS, down: PIXELS + sums(45, 33) },
  // The logits come down, 11 classes at a quarter of the size, and nothing of the enlarging is there.
  { kernels: KERNELS - 4, elsewhere: [], up: 3 * 40 * 55, down: 4 * 11 * 10 * 14 },
];

/** The share of pixels that may be of another class: where two are as likely, to the last bits. */
const OTHERS = 1e-5;

describe.skipIf(missingSoftwareWebgpu)(`segmenting on WebGPU${missingSoftwareWebgpu}`, () => {
  test('copies bytes up and bytes down, computes all between them there, and gives the labels of the processor', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', CHILD], {
      env: { ...process.env, ...SOFTWARE_WEBGPU },
    });
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as InferenceLine);
    expect(lines.map(({ classes, others, ...counted }) => counted)).toEqual(
      EXPECTED.map((counted, index) => ({ title: CASES[index]?.title, ...counted })),
    );
    for (const [index, { classes, others }] of lines.entries()) {
      const { width, height } = CASES[index]?.picture ?? PICTURE;
      expect(classes).toBeGreaterThan(3);
      expect(others).toBeLessThanOrEqual(OTHERS * width * height);
    }
  }, 600_000);
});
