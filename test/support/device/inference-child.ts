/**
 * Segments a picture on the WebGPU provider and on the processor, in a process of its own because the driver is chosen when the
 * engine is loaded. Prints one line of JSON a case; cases may be named by their titles.
 */
import { architecture } from '../../../src/models/architectures.ts';
import { networkParameters } from '../../../src/models/network.ts';
import type { NetworkDefinition } from '../../../src/models/families.ts';
import type { Model } from '../../../src/models/model.ts';
import { Segmenter } from '../../../src/inference/segmenter.ts';
import { IMAGENET_PREPROCESSING } from '../../../src/image/preprocess.ts';
import { initialize } from '../../../src/nn/initialize.ts';
import { profiledBackend } from '../../../src/platform/node/profiled-backend.ts';
import { nodeBackend } from '../../../src/platform/node/backend.ts';
import type { Backend, NamedTensors, Session } from '../../../src/runtime/backend.ts';
import { CASES, type InferenceLine, PICTURE } from './inference-cases.ts';
import { waves } from '../synthetic-model.ts';

const CLASSES = 11;

const copied = { up: 0, down: 0 };
const bytesIn = (tensors: NamedTensors): number =>
  Object.values(tensors).reduce((sum, { data }) => sum + data.byteLength, 0);

/** The backend, counting what its sessions copy. */
function counting(backend: Backend): Backend {
  return {
    ...backend,
    async createSession(model, options) {
      const session = await backend.createSession(model, options);
      const { device, provider, inputNames, outputNames } = session;
      const run: Session['run'] = async (feeds, outputs) => {
        const results = await session.run(feeds, outputs);
        copied.up += inputNames.reduce((sum, name) => sum + (feeds[name]?.data.byteLength ?? 0), 0);
        copied.down += bytesIn(results);
        return results;
      };
      return { device, provider, inputNames, outputNames, run, dispose: () => session.dispose() };
    },
  };
}

const profiled = await profiledBackend();
const [processor, device] = [await nodeBackend(), counting(profiled.backend)];

const modelOf = (definition: NetworkDefinition): Model => ({
  definition,
  weights: initialize(networkParameters(definition), 1),
  classes: Array.from({ length: CLASSES }, (_, id) => ({ name: `class ${id}`, color: [id % 256, 0, 0] })),
  preprocessing: IMAGENET_PREPROCESSING,
});
const light = modelOf(architecture('refinenet-lw-mobilenetv2', CLASSES));

const wanted = process.argv.slice(2);
for (const { title, options, picture: size = PICTURE, definition, costs } of CASES) {
  if (wanted.length > 0 && !wanted.includes(title)) continue;
  const picture = { ...size, data: waves(size.width, size.height) };
  const model = definition ? modelOf(definition) : light;
  const measured = { ...device, ...(costs && { deviceCosts: { webgpu: costs } }) };
  await using reference = await Segmenter.create(model, processor, { ...options, device: 'cpu' });
  const expected = (await reference.segment(picture)).labels.data;
  await using segmenter = await Segmenter.create(model, measured, { ...options, device: 'webgpu' });
  [copied.up, copied.down] = [0, 0];
  const { labels } = await segmenter.segment(picture);
  const events = await profiled.events();
  const nodes = events.filter(({ cat, name: event }) => cat === 'Node' && event.endsWith('_kernel_time'));
  const elsewhere = nodes.filter(
    ({ args }) => !args?.provider?.startsWith('WebGpu') || /^Memcpy/.test(args.op_name ?? ''),
  );
  const line: InferenceLine = {
    title,
    kernels: events.filter(({ cat }) => cat === 'Api').length,
    elsewhere: [...new Set(elsewhere.map(({ args }) => args?.op_name ?? ''))].sort(),
    up: copied.up,
    down: copied.down,
    classes: new Set(expected).size,
    others: Array.from(labels.data).filter((label, at) => label !== expected[at]).length,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
await profiled.dispose();
