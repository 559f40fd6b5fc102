/** How the blocks of the golden files are built. */
import type { Step } from '../../src/models/encoders/encoder.ts';
import type { BlockOptions } from '../../src/models/refinenet/blocks.ts';

/** The paper's RefineNet block, with the two pooling blocks of its figure. */
export const PAPER_BLOCK: BlockOptions = {
  kernel: 3,
  units: { adapt: 2, output: 1 },
  pooling: { order: 'pool-conv', count: 2 },
  skip: 'input',
  activation: 'relu',
  upsampling: 'align_corners',
};

/** An encoder's block that halves its input. */
export const STRIDED: Step = { stride: 2, dilation: 1, after: 1 };
