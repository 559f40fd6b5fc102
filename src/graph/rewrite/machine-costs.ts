/** Measured costs of kinds of machines. `refinenet benchmark --calibrate` measures this one's. */
import type { MachineCosts } from './cost-model.ts';

/**
 * Two cores of an AMD EPYC with AVX-512, onnxruntime-node 1.30.0, two threads. Proportions decide, and they differ little between
 * machines that compute with wide vectors.
 */
export const WIDE_VECTORS: MachineCosts = {
  convolution: { multiplyAdd: 0.0088, block: 16 },
  product: { multiplyAdd: 0.0105, byte: 0.012 },
  tiles: {
    2: { input: 7, output: 6, kernel: 10 },
    4: { input: 33, output: 38, kernel: 21 },
    6: { input: 58, output: 75, kernel: 31 },
  },
};
