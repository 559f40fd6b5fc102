/** The options of the paper's RefineNet block, with the two pooling blocks of its figure. */
import type { BlockOptions } from '../../src/models/refinenet/blocks.ts';

export const PAPER_BLOCK: BlockOptions = {
  kernel: 3,
  units: { adapt: 2, output: 1 },
  pooling: { order: 'pool-conv', count: 2 },
  skip: 'input',
  activation: 'relu',
  upsampling: 'align_corners',
};
