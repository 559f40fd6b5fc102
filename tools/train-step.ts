/**
 * Seconds a training step and peak memory, for one network: `npx tsx tools/train-step.ts ARCHITECTURE CROP BATCH [STEPS]`.
 * tools/train-step.py times the same step in PyTorch.
 */
import { parametersOf } from '../src/graph/walk.ts';
import { architecture } from '../src/models/architectures.ts';
import { pixelValues, refineNet } from '../src/models/refinenet.ts';
import { initialize } from '../src/nn/initialize.ts';
import { nodeBackend } from '../src/platform/node/backend.ts';
import { randomStream } from '../src/tensor/random.ts';
import { tensor } from '../src/tensor/tensor.ts';
import { initialState } from '../src/training/state.ts';
import { createStep } from '../src/training/step.ts';
import type { StepDefinition } from '../src/training/types.ts';

const CLASSES = 21;
const THREADS = 2;

const STEP: StepDefinition = {
  loss: {
    terms: [{ name: 'cross-entropy', weight: 1 }],
    classWeights: null,
    meeting: 'upsample-half-pixel',
    ignoreIndex: 255,
  },
  optimizer: { name: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 1e-5 },
  batchNorm: 'statistics-frozen',
  decayNormAndBias: true,
  clipNorm: null,
  averageDecay: null,
  accumulate: 1,
  frozen: [],
};

async function main([name = 'refinenet-lw-mobilenetv2', ...numbers]: readonly string[]): Promise<void> {
  const [crop = 256, batch = 4, steps = 5] = numbers.map(Number);
  const network = architecture(name, CLASSES);
  const weights = initialize(parametersOf([refineNet(network, pixelValues())]), 1);
  const random = randomStream(1, 'bench');
  const began = performance.now();
  const step = await createStep({
    network,
    step: STEP,
    shape: { batch, height: crop, width: crop },
    backend: await nodeBackend(),
    state: initialState(network, STEP, weights),
    session: { threads: THREADS },
  });
  console.log(`${name} crop ${crop} batch ${batch}: compiled in ${seconds(began)} s`);
  const area = batch * crop * crop;
  const pixels = tensor('float32', [batch, 3, crop, crop], Float32Array.from({ length: 3 * area }, random.normal));
  const labels = tensor(
    'uint8',
    [batch, crop, crop],
    Uint8Array.from({ length: area }, () => random.integer(CLASSES)),
  );
  const rates = { encoder: 1e-4, decoder: 1e-3, classifier: 1e-3 };
  for (let updates = 0; updates < steps; updates++) {
    const start = performance.now();
    const { loss, gradientNorm } = await step.run([{ pixels, labels }], { rates, updates }, [1, updates]);
    const memory = (process.resourceUsage().maxRSS / 2 ** 20).toFixed(2);
    console.log(
      `step ${updates + 1}: ${seconds(start)} s, loss ${loss.toFixed(4)}, gradient norm ${gradientNorm.toFixed(3)}, peak ${memory} GiB`,
    );
  }
  await step.dispose();
}

const seconds = (since: number): string => ((performance.now() - since) / 1000).toFixed(2);

await main(process.argv.slice(2));
