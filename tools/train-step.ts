/**
 * Seconds a training step and peak memory: `npx tsx tools/train-step.ts ARCHITECTURE CROP BATCH [STEPS] [PYTHON]`. With an
 * interpreter that has PyTorch, tools/train-step.py takes the same steps, in turn with ours, so that both see the same
 * machine. The fastest step of each counts: other work on the machine only adds to it.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
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

interface Timed {
  readonly seconds: number;
  /** Peak memory so far, in GiB. */
  readonly peak: number;
}

interface Contestant {
  step(): Promise<Timed>;
  end(): Promise<void>;
}

async function ours(name: string, crop: number, batch: number): Promise<Contestant> {
  const network = architecture(name, CLASSES);
  const weights = initialize(parametersOf([refineNet(network, pixelValues())]), 1);
  const random = randomStream(1, 'train-step');
  const began = performance.now();
  const step = await createStep({
    network,
    step: STEP,
    shape: { batch, height: crop, width: crop },
    backend: await nodeBackend(),
    state: initialState(network, STEP, weights),
    session: { threads: THREADS },
  });
  console.log(`compiled in ${((performance.now() - began) / 1000).toFixed(1)} s`);
  const area = batch * crop * crop;
  const pixels = tensor('float32', [batch, 3, crop, crop], Float32Array.from({ length: 3 * area }, random.normal));
  const labels = tensor(
    'uint8',
    [batch, crop, crop],
    Uint8Array.from({ length: area }, () => random.integer(CLASSES)),
  );
  const rates = { encoder: 1e-6, decoder: 1e-6, classifier: 1e-6 };
  let updates = 0;
  return {
    async step() {
      const start = performance.now();
      await step.run([{ pixels, labels }], { rates, updates }, [1, updates++]);
      return { seconds: (performance.now() - start) / 1000, peak: process.resourceUsage().maxRSS / 2 ** 20 };
    },
    end: () => step.dispose(),
  };
}

function pyTorch(python: string, name: string, crop: number, batch: number): Contestant {
  const script = fileURLToPath(new URL('train-step.py', import.meta.url));
  const child = spawn(python, [script, name, String(crop), String(batch)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    async step() {
      child.stdin.write('\n');
      const [seconds = Number.NaN, peak = Number.NaN] = ((await lines.next()).value ?? '').split(' ').map(Number);
      return { seconds, peak };
    },
    async end() {
      child.stdin.end();
    },
  };
}

async function main([
  name = 'refinenet-lw-mobilenetv2',
  crop = '256',
  batch = '4',
  steps = '5',
  python,
]: readonly string[]) {
  console.log(`${name}, crop ${crop}, batch ${batch}, ${THREADS} threads`);
  const sizes = [Number(crop), Number(batch)] as const;
  const contestants: Record<string, Contestant> = { ours: await ours(name, ...sizes) };
  if (python) contestants.PyTorch = pyTorch(python, name, ...sizes);
  const fastest: Record<string, number> = {};
  for (let round = 1; round <= Number(steps); round++) {
    for (const [who, contestant] of Object.entries(contestants)) {
      const { seconds, peak } = await contestant.step();
      fastest[who] = Math.min(fastest[who] ?? Number.POSITIVE_INFINITY, seconds);
      console.log(`step ${round}, ${who}: ${seconds.toFixed(2)} s, peak ${peak.toFixed(2)} GiB`);
    }
  }
  console.log(
    Object.entries(fastest)
      .map(([who, seconds]) => `${who} ${seconds.toFixed(2)} s`)
      .join(', '),
  );
  await Promise.all(Object.values(contestants).map((contestant) => contestant.end()));
}

await main(process.argv.slice(2));
