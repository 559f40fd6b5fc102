/** How much memory a run will take, roughly, before it starts. */
import { nodeCosts } from '../graph/cost.ts';
import { parametersOf } from '../graph/walk.ts';
import type { NetworkDefinition } from '../models/families.ts';
import { network } from '../models/network.ts';
import { pixelValues } from '../models/pixel-values.ts';
import { elementCount } from '../tensor/shape.ts';
import type { TrainingConfiguration } from './configuration.ts';
import { type Views, viewsBytes } from './frozen-features.ts';
import { slotsOf } from './optimizers/index.ts';

/** Bytes, by what they are for. */
export interface MemoryEstimate {
  readonly parameters: number;
  readonly gradients: number;
  readonly optimizer: number;
  readonly average: number;
  /** The state that training starts from, which is copied before the first step. */
  readonly start: number;
  /** What the forward pass leaves for the backward pass, and the backward pass's own. */
  readonly activations: number;
  /** The teacher's weights, what its forward pass takes at its peak, and its scores; 0 where there is none. */
  readonly teacher: number;
  /** What the frozen part of the network gave for remembered views, with their labels; 0 where none are. */
  readonly views: number;
  /** The engine and this library themselves. */
  readonly program: number;
  readonly total: number;
}

const FLOAT_BYTES = 4;

/** Gradients are there once as what the engine gives and once as what is taken from it. */
const GRADIENT_COPIES = 2;

const PROGRAM_BYTES = 150e6;

/**
 * The bytes that training steps of this network need at a crop and batch size: every tensor of the forward pass is kept for
 * the backward pass, which needs about half as much again. It is from 0.94
 * to 1.43 times the measured peaks (MobileNetV2 at 224 to RefineNet on ResNet-50), with a teacher from 0.98 to 1.26.
 */
export function estimateMemory(
  definition: NetworkDefinition,
  configuration: Pick<TrainingConfiguration, 'crop' | 'batch' | 'step' | 'teacher'> & Views,
): MemoryEstimate {
  const { crop, batch, step, teacher } = configuration;
  const logits = network(definition, pixelValues({ batch, height: crop, width: crop }));
  const parameters = FLOAT_BYTES * sum([...parametersOf([logits]).values()].map(({ shape }) => elementCount(shape)));
  const forward = FLOAT_BYTES * sum(nodeCosts([logits]).map(({ outputShape }) => elementCount(outputShape)));
  // Scores at the labels' size: logits, their softmax and its gradient.
  const scores = FLOAT_BYTES * 3 * batch * definition.classes * crop * crop;
  const states = slotsOf(step.optimizer).length;
  const parts = {
    parameters,
    gradients: GRADIENT_COPIES * parameters,
    optimizer: states * parameters,
    average: step.averageDecay === null ? 0 : parameters,
    start: (1 + states) * parameters,
    program: PROGRAM_BYTES,
    teacher: teacher ? teacherBytes(teacher.network, crop, batch) : 0,
    views: viewsBytes({ ...configuration, network: definition }),
    activations: Math.round(ACTIVATION_FACTOR * forward) + scores,
  };
  return { ...parts, total: sum(Object.values(parts)) };
}

/** Weights as they were read, in the model's bytes, and as the engine keeps and transforms them. */
const TEACHER_COPIES = 4;

/** How many of the largest values of a forward pass live at the same time. */
const LIVE_VALUES = 4;

function teacherBytes(definition: NetworkDefinition, crop: number, batch: number): number {
  const logits = network(definition, pixelValues({ batch, height: crop, width: crop }));
  const parameters = sum([...parametersOf([logits]).values()].map(({ shape }) => elementCount(shape)));
  const largest = Math.max(...nodeCosts([logits]).map(({ outputShape }) => elementCount(outputShape)));
  const scores = 3 * batch * definition.classes * crop * crop;
  return FLOAT_BYTES * (TEACHER_COPIES * parameters + LIVE_VALUES * largest + scores);
}

/** Forward tensors, and the part of the backward pass's that live at the same time. */
const ACTIVATION_FACTOR = 1.5;

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** From this share of the machine's memory on a run is warned of, and from the whole on refused. */
const WARNING_SHARE = 0.7;

/** What is to be said of an estimate on a machine of so many bytes; undefined if it fits. */
export function judgeMemory(
  { total }: MemoryEstimate,
  machine: number,
  { crop, batch }: { readonly crop: number; readonly batch: number },
): { readonly refused: boolean; readonly message: string } | undefined {
  if (total < WARNING_SHARE * machine) return undefined;
  const refused = total > machine;
  const advice =
    batch > 1
      ? 'Lower the batch size (with accumulation if it should count as a larger one) or the crop'
      : 'Lower the crop';
  return {
    refused,
    message: `Batches of ${batch} at ${crop}x${crop} take about ${gigabytes(total)}, and this machine has ${gigabytes(machine)}. ${advice}.`,
  };
}

/** `1.5 GB`, with 10^9 bytes to one. */
export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
