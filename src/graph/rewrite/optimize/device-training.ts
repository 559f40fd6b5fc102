/** All rewriting for training on a device whose time goes by launches. */
import { DEVICE_FORMS } from '../../gradient/on-device/index.ts';
import { broadcastWithoutExpand } from '../broadcast-without-expand.ts';
import { decompose } from '../decompose.ts';
import { maskAsChoice } from '../mask-as-choice.ts';
import { mergeEqual } from '../merge/equal.ts';
import { mergeReshapes } from '../merge/reshapes.ts';
import { pointwiseAsProduct } from '../pointwise-as-product.ts';
import { type Outputs, type Rewrite, rewrite } from '../rewrite.ts';

/** Rules that save launches, in their order. */
const rules = (): readonly Rewrite[] => [
  maskAsChoice,
  pointwiseAsProduct,
  mergeReshapes,
  broadcastWithoutExpand,
  mergeEqual(),
];

/** A graph for training, whose weights are inputs, in few launches. */
export const optimizeDeviceTraining = (outputs: Outputs): Outputs =>
  rules().reduce<Outputs>(rewrite, decompose(outputs, DEVICE_FORMS));
