/** The forms that gradients have on devices whose time goes by launches: few large ones, where the CPU takes many that fit its cache. */
import type { Forms } from '../../rewrite/decompose.ts';
import { ConvInputGradient } from '../convolution/input-gradient.ts';
import { ConvWeightGradient } from '../convolution/weight-gradient.ts';
import { MaxPoolGradient } from '../pooling/max-pool-gradient.ts';
import { form } from '../../rewrite/decompose.ts';
import type { GradientRules } from '../rule.ts';
import { batchNormalization } from './batch-normalization.ts';
import { inputGradientOnDevice } from './input-gradient.ts';
import { maxPoolGradientByWindows } from './max-pool-gradient.ts';
import { weightGradientByWindows } from './weight-gradient.ts';

export const DEVICE_FORMS: Forms = new Map([
  form(MaxPoolGradient, ([gradient, x, maxima], window) => maxPoolGradientByWindows(gradient, x, maxima, window)),
  form(ConvWeightGradient, ([gradient, x], attributes) => weightGradientByWindows(gradient, x, attributes)),
  form(ConvInputGradient, ([gradient, weight], attributes) => inputGradientOnDevice(gradient, weight, attributes)),
]);

/** The rules in place of those that every machine has. */
export const DEVICE_RULES: Partial<GradientRules> = batchNormalization;
