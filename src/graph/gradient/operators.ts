/** Every operator that may be asked for its gradient: those of the graph, and those that gradients add to it. */
import * as ops from '../ops/index.ts';
import { ConvInputGradient } from './convolution/input-gradient.ts';
import { ConvWeightGradient } from './convolution/weight-gradient.ts';
import { MaxPoolGradient } from './pooling/max-pool-gradient.ts';

export const OPERATORS = { ...ops, ConvInputGradient, ConvWeightGradient, MaxPoolGradient };

/** The name of an operator's constant, which is ONNX's name but where two forms of one operator differ in their gradients. */
export type OperatorName = keyof typeof OPERATORS;
