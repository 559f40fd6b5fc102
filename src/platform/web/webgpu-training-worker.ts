/** The script of a worker that trains on the graphics card. */
import * as engine from 'onnxruntime-web/webgpu';
import { serveTraining } from './training/serve-training.ts';

serveTraining({ engine, file: 'ort-wasm-simd-threaded.asyncify.wasm' });
