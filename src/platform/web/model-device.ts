/** What computes in a browser. */

/** What may be asked for. `auto`: WebGPU where the browser has a graphics card and its results agree with WASM's, else WASM. */
export const WEB_DEVICES = ['auto', 'webgpu', 'wasm'] as const;

/** One of `WEB_DEVICES`. */
export type WebDevice = (typeof WEB_DEVICES)[number];

/** What computes, and why. */
export interface ModelDevice {
  readonly name: Exclude<WebDevice, 'auto'>;
  /** Threads of the CPU that compute; 1 on WebGPU. */
  readonly threads: number;
  /** Why it is this one, in a sentence. */
  readonly reason: string;
}
