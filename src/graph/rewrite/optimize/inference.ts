/** All rewriting for inference, in its order: from the plain graph of a network to the one that computes the same numbers fastest. */
import type { Device, NamedTensors } from '../../../runtime/backend.ts';
import type { MachineCosts } from '../../../runtime/machine-costs.ts';
import { float32 } from '../../../tensor/tensor.ts';
import { input, type Value } from '../../value.ts';
import { clipAfterConvolution } from '../clip-after-convolution.ts';
import { chooseTile, takesKernelRows, type TileChoice } from '../cost-model.ts';
import { cubicAsProducts } from '../cubic-as-products.ts';
import { foldBatchNormalization } from '../fold-batch-normalization.ts';
import { type FoldingEngine, foldConstants, type WeightedGraph } from '../fold-constants.ts';
import { kernelRows } from '../kernel-rows.ts';
import { WIDE_VECTORS } from '../known-costs.ts';
import { mergePointwise } from '../merge/pointwise.ts';
import { removeRepeatedRelu } from '../remove-repeated-relu.ts';
import { type Outputs, type Rewrite, rewrite } from '../rewrite.ts';
import { sumAfterConvolution } from '../sum-after-convolution.ts';
import { type ChooseTile, isWinogradEligible, winograd } from '../winograd/rule.ts';
import { matrixValue } from '../winograd/convolution.ts';
import { type Tile, winogradMatrices } from '../winograd/matrices.ts';

/** How weights are transformed, and the most bytes that may pass between the parts of one rewritten convolution. */
interface Level {
  readonly ahead: boolean;
  readonly limit: number;
}

/** The coarser features' convolutions stay below: the peak of memory comes later, at the finest. */
const SMALL = 2 ** 24;

/**
 * - `speed`: weights are transformed once, at loading, for the fastest runs. Loading takes longer, and transformed weights take
 *   four times their room.
 * - `balanced`: they are transformed at each run, which takes longer, an eighth with RefineNet-101, and loads as fast as the plain graph.
 * - `memory`: as balanced, but only where the peak of memory stays the plain graph's.
 * - `none`: the plain graph.
 */
export const LEVELS = {
  speed: { ahead: true, limit: Number.POSITIVE_INFINITY },
  balanced: { ahead: false, limit: Number.POSITIVE_INFINITY },
  memory: { ahead: false, limit: SMALL },
  none: null,
} as const satisfies Record<string, Level | null>;

/**
 * How a graph may be rewritten. `speed`: for the fastest runs, with slow loading and larger weights. `balanced`: for
 * fast runs, without those. `memory`: as balanced where the peak of memory stays. `none`: not at all.
 */
export const OPTIMIZATIONS = Object.keys(LEVELS) as readonly (keyof typeof LEVELS)[];

/** One of `OPTIMIZATIONS`. */
export type Optimization = keyof typeof LEVELS;

/**
 * What rewriting does on a device. `forms`: convolutions take the form that costs least, which was measured. `fewer`: only what saves
 * operators is done, each of which is a launch there; convolutions stay as they are until `benchmark --calibrate` has measured what
 * they cost on the machine's own. Elsewhere the plain graph runs: nothing was tried.
 */
export const REWRITING: { readonly [Name in Device]?: 'forms' | 'fewer' } = {
  cpu: 'forms',
  wasm: 'forms',
  webgpu: 'fewer',
};

/** Whether convolutions take other forms on a device; the engine's own choice, when left out, is a CPU. */
export const takesForms = (device: Device = 'cpu'): boolean => REWRITING[device] === 'forms';

export interface OptimizeOptions {
  readonly optimization: Optimization;
  /** What operators cost on the machine that computes; when left out the backend's, or those of a machine with wide vectors. */
  readonly costs?: MachineCosts;
}

export interface OptimizedGraph<T extends Outputs> extends WeightedGraph<T> {
  /** Inputs that get these tensors at every run. */
  readonly fed: NamedTensors;
}

/** What is less work on every machine. */
const SIMPLIFICATIONS: readonly Rewrite[] = [removeRepeatedRelu, mergePointwise, cubicAsProducts];

/** What lets an engine that keeps channels by blocks stay with that, once all convolutions have their forms. */
const KEEP_BLOCKS: readonly Rewrite[] = [clipAfterConvolution, sumAfterConvolution];

/** A graph for inference, rewritten for the engine's device; it takes the same inputs and gives the same outputs. */
export async function optimizeInference<T extends Outputs>(
  graph: WeightedGraph<T>,
  engine: FoldingEngine,
  { optimization, costs: given }: OptimizeOptions,
): Promise<OptimizedGraph<T>> {
  const level: Level | null = LEVELS[optimization];
  const device = engine.options?.device ?? 'cpu';
  const ofDevice = engine.backend.deviceCosts?.[device];
  const rewriting = ofDevice ? 'forms' : REWRITING[device];
  if (level === null || !rewriting) return { ...graph, fed: {} };
  const fewer = SIMPLIFICATIONS.reduce(rewrite, graph.outputs);
  if (rewriting === 'fewer') return { ...graph, outputs: fewer, fed: {} };
  const costs = given ?? ofDevice ?? engine.backend.costs ?? WIDE_VECTORS;
  const choice: TileChoice = { costs, ...level, extentOf: likelyExtent };
  const choose: ChooseTile = (node) => chooseTile(node, choice);
  const isTransformed = (node: Parameters<ChooseTile>[0]): boolean => isWinogradEligible(node) && choose(node) !== null;
  const inRows = kernelRows((node) => takesKernelRows(node, choice));
  const simple = rewrite(fewer, inRows);
  const finish = (outputs: T): T => (engine.backend.blockedLayout ? KEEP_BLOCKS.reduce(rewrite, outputs) : outputs);
  if (!level.ahead) {
    const kernels = new FedKernels();
    const outputs = rewrite(
      simple,
      winograd(choose, (tile) => kernels.value(tile)),
    );
    return { outputs: finish(outputs), weights: graph.weights, fed: kernels.fed };
  }
  const folded = rewrite(simple, foldBatchNormalization(isTransformed));
  const outputs = finish(rewrite(folded, winograd(choose, kernelConstant)));
  return { ...(await foldConstants({ outputs, weights: graph.weights }, engine)), fed: {} };
}

/** The kernel matrix of a tile, inside the graph. */
export const kernelConstant = (tile: Tile): Value => matrixValue({ dtype: 'float32' }, winogradMatrices(tile).kernel);

/** Kernel matrices as inputs, one a tile. */
class FedKernels {
  readonly #values = new Map<Tile, Value>();
  readonly #tensors: Record<string, NamedTensors[string]> = {};

  get fed(): NamedTensors {
    return this.#tensors;
  }

  value(tile: Tile): Value {
    const known = this.#values.get(tile);
    if (known) return known;
    const { rows, columns, numbers } = winogradMatrices(tile).kernel;
    const name = `winograd_kernel_${tile}`;
    const value = input(name, 'float32', [rows, columns]);
    this.#values.set(tile, value);
    this.#tensors[name] = float32([rows, columns], numbers);
    return value;
  }
}

/** Images of this size are expected where height and width are open. */
const LIKELY_SIDE = 512;

/** A number for an extent that is open. */
export const likelyExtent = (name: string): number => (name === 'batch' ? 1 : LIKELY_SIDE);
