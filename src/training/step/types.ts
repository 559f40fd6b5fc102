/** What the parts of training say to each other: the configuration as data, the step, and its state. */
import type { Tensor } from '../../tensor/tensor.ts';
import type { Weights } from '../../tensor/weights.ts';

/** The groups of parameters that have a learning rate of their own. */
export const PARAMETER_GROUPS = ['encoder', 'decoder', 'classifier'] as const;

/** One of `PARAMETER_GROUPS`: the encoder, the last layer that has the classes, or all between them. */
export type ParameterGroup = (typeof PARAMETER_GROUPS)[number];

/**
 * Batch normalization while training: `frozen` keeps statistics, weight and bias; `statistics-frozen` trains weight and
 * bias with the running statistics fixed (the authors' way); `trained` normalizes by the batch and moves the statistics.
 */
export type BatchNormMode = 'frozen' | 'statistics-frozen' | 'trained';

/** All of `BatchNormMode`. */
export const BATCH_NORM_MODES = ['frozen', 'statistics-frozen', 'trained'] as const satisfies readonly BatchNormMode[];

/**
 * Cross entropy as PyTorch's, focal loss (Lin et al., ICCV 2017), soft Dice (Milletari et al., 3DV 2016),
 * Lovasz-softmax (Berman et al., CVPR 2018), or distillation from a teacher (Hinton et al., 2015).
 */
export type LossName = 'cross-entropy' | 'focal' | 'dice' | 'lovasz-softmax' | 'distill';

/** One summand of the loss. */
export interface LossTerm {
  readonly name: LossName;
  /** Its weight in the sum. */
  readonly weight: number;
  /** Focusing parameter of the focal loss. */
  readonly gamma?: number;
  /** What distillation divides the logits of network and teacher by. */
  readonly temperature?: number;
}

/**
 * The resolution that a loss is computed at: that of the labels, logits upsampled to it with one of PyTorch's corner rules, or that
 * of the logits, labels sampled (nearest) to it.
 */
export type LossResolution = 'upsample-align-corners' | 'upsample-half-pixel' | 'sample-labels';

/** All of `LossResolution`. */
export const LOSS_RESOLUTIONS = [
  'upsample-half-pixel',
  'upsample-align-corners',
  'sample-labels',
] as const satisfies readonly LossResolution[];

/** What is made small: a weighted sum of losses over the scored pixels. */
export interface LossDefinition {
  readonly terms: readonly LossTerm[];
  /** One weight a class, or null for none. */
  readonly classWeights: readonly number[] | null;
  /** The resolution that the loss is computed at; `meeting` in configurations of former versions, which are read as well. */
  readonly resolution: LossResolution;
  /** The label of pixels that are not scored, 255 in all recipes. */
  readonly ignoreIndex: number;
}

/**
 * How gradients change weights: SGD with momentum, Adam (Kingma and Ba, 2015), or AdamW (Loshchilov and Hutter, 2019),
 * which decays weights apart from the gradient.
 */
export type OptimizerDefinition =
  | { readonly name: 'sgd'; readonly momentum: number; readonly nesterov: boolean; readonly weightDecay: number }
  | {
      readonly name: 'adam' | 'adamw';
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
      readonly weightDecay: number;
    };

/** What one step does to the weights, as data; with the network's definition it determines the step's graph. */
export interface StepDefinition {
  readonly loss: LossDefinition;
  readonly optimizer: OptimizerDefinition;
  readonly batchNorm: BatchNormMode;
  /** Whether weight decay applies to normalization weights and to biases. */
  readonly decayNormAndBias: boolean;
  /** Clips the global norm of all gradients; null for none. */
  readonly clipNorm: number | null;
  /** Decay of the exponential moving average of the weights; null for none. */
  readonly averageDecay: number | null;
  /** Micro-batches whose gradients are averaged before one update. */
  readonly accumulate: number;
  /** Patterns of parameter names that do not train: `encoder.*`, `encoder.layer1.*`; `*` stands for anything. */
  readonly frozen: readonly string[];
}

/** Numbers that change from step to step. */
export interface StepScalars {
  readonly rates: Readonly<Record<ParameterGroup, number>>;
  /** Updates done before this one, from 0: Adam's bias correction and the EMA's warm-up count from it. */
  readonly updates: number;
}

/** Images as the network takes them. */
export interface PixelBatch {
  /** Normalized images, float32 [N, 3, H, W]. */
  readonly pixels: Tensor<'float32'>;
  /** Class ids, uint8 [N, H, W]; the ignore index is not scored. */
  readonly labels: Tensor<'uint8'>;
}

/** Images as the frozen part of the network leaves them. */
export interface FeatureBatch extends Pick<PixelBatch, 'labels'> {
  /** What the frozen part gives, float32 [N, C, h, w], by the names of the inputs that take its place. */
  readonly features: Readonly<Record<string, Tensor<'float32'>>>;
}

/** What a step takes: images, or what the network's frozen part gave for them. */
export type Batch = PixelBatch | FeatureBatch;

/** What one update found in its batches. */
export interface StepResult {
  /** The mean loss over scored pixels (and over micro-batches). */
  readonly loss: number;
  /** Global norm of the gradients before clipping. */
  readonly gradientNorm: number;
  /** Scored pixels, and those of them whose most likely class is right. */
  readonly pixels: number;
  readonly correct: number;
}

/**
 * Whether gradients are those of a batch's mean loss, or of its loss summed up: only sums of different batches can be added,
 * since batches differ in how many pixels are scored and what these weigh.
 */
export type Reduction = 'mean' | 'sum';

/** What batches give before an update. All of it adds up over batches of different machines. */
export interface GradientSums {
  /** The gradients of the summed loss by parameter, as their numbers in a row. Divided by `weight` they are those of the mean. */
  readonly gradients: Readonly<Record<string, Float32Array>>;
  /** The running statistics after the batches by name, empty where they do not move. Divided by `parts` they are their mean. */
  readonly statistics: Readonly<Record<string, Float32Array>>;
  /** The summed loss. */
  readonly loss: number;
  /** The sum of the scored pixels' class weights; 1 where the loss is a mean already. */
  readonly weight: number;
  /** Scored pixels, and those of them whose most likely class is right. */
  readonly pixels: number;
  readonly correct: number;
  /** How many machines' sums are in these. */
  readonly parts: number;
  /** The Euclidean norm of all gradients where it is known, only of a mean; null where it is to be measured. */
  readonly norm: number | null;
}

/** Machines that train one network together, each on its own part of every update's batches. */
export interface GradientExchange {
  /** Which of the machines this one is, from 0. */
  readonly index: number;
  /** How many there are. */
  readonly count: number;
  /**
   * Gives every machine the same, to the bit: the sums of all machines (`addSums` adds two). It is asked for once an update, in
   * the same order everywhere, and rejects if a machine is lost.
   */
  sum(own: GradientSums): Promise<GradientSums>;
}

/** Everything that training changes; saving and restoring it continues exactly. */
export interface TrainingState {
  /** All of the network's tensors, canonical names. */
  readonly weights: Weights;
  /** The optimizer's tensors, named `momentum:NAME`, `exp_avg:NAME`, `exp_avg_sq:NAME`. */
  readonly optimizer: Weights;
  /** The exponential moving average (EMA) of the weights, canonical names; empty when there is none. */
  readonly average: Weights;
}

/** What a run asks of a step: updates, and the state after them. */
export interface RunnableStep {
  /**
   * Runs `accumulate` micro-batches and one update.
   * @param dropoutSeed the seed and key from which dropout masks are drawn, for example [seed, "dropout", step].
   * @throws RuntimeError if the loss or the gradient norm is not finite; the state is then that before the step.
   */
  run(batches: readonly Batch[], scalars: StepScalars, dropoutSeed: readonly (string | number)[]): Promise<StepResult>;
  /** The state after the last step; a view that the next step overwrites, so save or copy it first. */
  state(): TrainingState | Promise<TrainingState>;
  dispose(): Promise<void>;
}

/** A compiled training step with the state it works on. `run` is both of its halves, with the exchange between them. */
export interface TrainingStep extends RunnableStep {
  /**
   * The first half: what `accumulate` micro-batches give, without changing the state.
   * @throws UsageError, ShapeError if the batches are not what the step was compiled for.
   */
  gradients(batches: readonly Batch[], dropoutSeed: readonly (string | number)[]): Promise<GradientSums>;
  /**
   * The second half: divides, measures and clips the gradients, and updates the state.
   * @throws RuntimeError if the loss or the gradient norm is not finite; the state is then that before the step.
   */
  apply(sums: GradientSums, scalars: StepScalars): Promise<StepResult>;
  state(): TrainingState;
}
