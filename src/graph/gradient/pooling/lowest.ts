/** The smallest float32 number: it never wins. WebGPU does not promise to calculate with infinities. */
export const LOWEST = -3.4028234663852886e38;
