/** Measured costs of kinds of machines. `refinenet benchmark --calibrate` measures this one's. */
import type { MachineCosts } from '../../runtime/machine-costs.ts';

/**
 * Two cores of an AMD EPYC with AVX-512, onnxruntime-node 1.30.0, two threads. Proportions decide, and they differ little between
 * machines that compute with wide vectors.
 */
export const WIDE_VECTORS: MachineCosts = {
  convolution: { multiplyAdd: 0.0088, block: 16 },
  training: { forward: 0.0108, input: 0.0165, weight: 0.016 },
  product: { multiplyAdd: 0.0105, byte: 0.012 },
  tiles: {
    2: { input: 7, output: 6, kernel: 10 },
    4: { input: 33, output: 18, kernel: 21 },
    6: { input: 58, output: 43, kernel: 31 },
  },
};

/** onnxruntime-web 1.30.0's WASM build with two threads on the same machine. */
export const WASM: MachineCosts = {
  convolution: { multiplyAdd: 0.036, block: 16 },
  training: { forward: 0.038, input: 0.041, weight: 0.048 },
  product: { multiplyAdd: 0.04, byte: 0.2 },
  tiles: {
    2: { input: 51, output: 51, kernel: 21 },
    4: { input: 205, output: 53, kernel: 26 },
    6: { input: 242, output: 152, kernel: 45 },
  },
};
