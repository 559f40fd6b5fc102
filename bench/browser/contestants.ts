/** Who segments in a page: this package on the CPU with one and two threads, and transformers.js on the same exported model. */

/** A page's script: it puts what it measured into `globalThis.result`. */
export interface Contestant {
  readonly name: string;
  /** A module for esbuild; `measured(load)` is there. */
  readonly script: string;
  readonly webgpu?: boolean;
}

/**
 * What every page does alike: loads, segments the same image once and then again and again, and watches how long its own
 * thread stands still. `load` gives a function that segments an address and returns how many pixels it labeled.
 */
export const MEASURED = `
export async function measured(load, repetitions) {
  let longest = 0;
  let last = performance.now();
  // Seldom enough to leave the processor to what is measured.
  const watch = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last - 5);
    last = now;
  }, 5);
  const began = performance.now();
  const { segment, device } = await load();
  const loaded = performance.now() - began;
  const pixels = await segment('/photo.jpg');
  const first = performance.now() - began;
  const longestToFirst = longest;
  longest = 0;
  const each = [];
  for (let round = 0; round < repetitions; round++) {
    const start = performance.now();
    await segment('/photo.jpg');
    each.push(performance.now() - start);
  }
  clearInterval(watch);
  return { loaded, first, each, longestToFirst, longest, pixels, device };
}
`;

/** The one that is taken where none is named. */
export const MODEL = 'general';

const ours = (options: string): string => `
import { loadModel } from '/refinenet/refinenet.js';
import { measured } from '/measured.js';
globalThis.result = await measured(async () => {
  const model = await loadModel('/models/${MODEL}/', { wasmPaths: '/engine/', ${options} });
  return {
    device: model.device.name + ', ' + model.device.threads,
    segment: async (address) => (await model.segment(address)).labels.data.length,
  };
}, Number(new URLSearchParams(location.search).get('repetitions')));
`;

const transformers = (threads: number): string => `
import { env, pipeline } from '@huggingface/transformers';
import { measured } from '/measured.js';
env.allowRemoteModels = false;
env.allowLocalModels = true;
env.localModelPath = '/exported/';
env.backends.onnx.wasm.wasmPaths = '/their-engine/';
env.backends.onnx.wasm.numThreads = ${threads};
globalThis.result = await measured(async () => {
  const segmenter = await pipeline('image-segmentation', '${MODEL}', { device: 'wasm', dtype: 'fp32' });
  return {
    device: 'wasm, ${threads}',
    segment: async (address) => {
      const masks = await segmenter(address);
      return masks[0].mask.width * masks[0].mask.height;
    },
  };
}, Number(new URLSearchParams(location.search).get('repetitions')));
`;

export const CONTESTANTS: readonly Contestant[] = [
  { name: 'refinenet/web, 2 threads', script: ours(`device: 'wasm', threads: 2`) },
  { name: 'refinenet/web, 1 thread', script: ours(`device: 'wasm', threads: 1`) },
  { name: 'transformers.js, 2 threads', script: transformers(2) },
  { name: 'transformers.js, 1 thread', script: transformers(1) },
  { name: 'refinenet/web, WebGPU in software', script: ours(`device: 'webgpu'`), webgpu: true },
];
