/** Every operator of networks, losses and rewritten graphs, by the name of its constant. */
export { And, Equal, Greater, GreaterOrEqual, Less, Not, Where } from './comparison.ts';
export { Conv } from './conv.ts';
export { ConvTranspose } from './conv-transpose.ts';
export { CumSum } from './cumulative-sum.ts';
export {
  Abs,
  Add,
  Clip,
  Div,
  Exp,
  Floor,
  HardSigmoid,
  Identity,
  Log,
  Max,
  Min,
  Mul,
  Neg,
  Pow,
  Reciprocal,
  Relu,
  Sqrt,
  StopGradient,
  Sub,
} from './elementwise.ts';
export { Gather, GatherElements, ScatterElements, TopK } from './gather.ts';
export { MatMul } from './matmul.ts';
export { BatchNormalization } from './normalization.ts';
export { Pad } from './pad.ts';
export { MaxPool } from './pool.ts';
export { DequantizeLinear, QuantizeLinear } from './quantize-linear.ts';
export { ArgMax, ReduceMax, ReduceMean, ReduceMin, ReduceSum } from './reduction.ts';
export { Resize } from './resize.ts';
export { Expand, Reshape, Squeeze, Transpose, Unsqueeze } from './shape.ts';
export { Softmax } from './softmax.ts';
export { Cast, Concat, CropPlane, Shape, Slice, Split } from './structure.ts';
export { ReduceSumSquare } from './sum-of-squares.ts';
