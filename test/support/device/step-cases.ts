/** The training steps that are compared on a device and beside the engine. */
import type { StepDefinition, StepResult } from '../../../src/training/step/types.ts';

/** What step-child.ts prints of a case. */
export interface StepLine {
  readonly title: string;
  readonly results: readonly StepResult[];
  /** Of the step whose state lies beside the engine. */
  readonly expected: readonly StepResult[];
  readonly difference: number;
  readonly isResumedSame: boolean;
  readonly isGivenUntouched: boolean;
  /** Bytes of an update's batches: what they hold, and what dropout and a teacher say of them. */
  readonly batches: number;
  /** Bytes that an update copied to the device, and back. */
  readonly fed: number;
  readonly read: number;
  readonly refused: string;
  readonly isStateKept: boolean;
}

/** Images of a micro-batch: the statistics of one would be those of one number. */
export const IMAGES = 2;

/** Most of the encoder stays, for gradients that are computed quickly in software. */
const FROZEN = [
  'encoder.conv1.*',
  'encoder.bn1.*',
  'encoder.layer1.*',
  'encoder.layer2.*',
  'encoder.layer3.*',
  'encoder.layer4.0.*',
];

export interface DeviceStepCase {
  readonly title: string;
  readonly definition: Partial<StepDefinition>;
  /** Whether the network drops features and is taught by another. */
  readonly isTaught?: boolean;
  /** Whether the step takes what the frozen part of the network gives, in place of pixels. */
  readonly isRemembered?: boolean;
}

export const CASES: readonly DeviceStepCase[] = [
  {
    title: 'SGD, clipped, over two micro-batches, with statistics that move',
    definition: { frozen: FROZEN, clipNorm: 0.05, averageDecay: 0.9, batchNorm: 'trained', accumulate: 2 },
  },
  {
    title: 'AdamW, neither clipped nor averaged',
    definition: {
      frozen: ['encoder.*'],
      optimizer: { name: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
    },
  },
  {
    title: 'with dropout, taught by another network',
    isTaught: true,
    definition: {
      frozen: ['encoder.*'],
      loss: {
        terms: [
          { name: 'cross-entropy', weight: 1 },
          { name: 'distill', weight: 1, temperature: 1 },
        ],
        classWeights: null,
        resolution: 'sample-labels',
        ignoreIndex: 255,
      },
    },
  },
  {
    title: 'on remembered features',
    isRemembered: true,
    definition: { frozen: ['encoder.*'] },
  },
];
