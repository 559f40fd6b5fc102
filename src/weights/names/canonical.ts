/** Our own names, as they are. */
import { naming } from './naming.ts';

export const canonical = naming({
  name: 'refinenet',
  names: [
    ['encoder.**', 'encoder.**'],
    ['encoders.**', 'encoders.**'],
    ['decoder.**', 'decoder.**'],
  ],
  // The numbers of limits and sizes in our exported graphs.
  ignored: ['constant', 'constant_{i}'],
});
