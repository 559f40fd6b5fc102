/** The script of a worker that computes on the graphics card, in browsers whose WASM cannot wait for it by itself. */
import * as engine from 'onnxruntime-web/webgpu';
import { serve } from './worker/serve.ts';

serve({ engine, file: 'ort-wasm-simd-threaded.asyncify.wasm' });
