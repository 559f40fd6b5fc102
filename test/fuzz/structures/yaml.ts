/** Lines of YAML with its odder parts: anchors, tags, merges, several documents, directives. */
import fc from 'fast-check';
import { bytesOf } from './bytes.ts';

const KEYS = ['path', 'train', 'val', 'names', 'nc', 'masks_dir', 'label_mapping', '<<', '__proto__', '? x', '0'];
const VALUES = [
  ...['.', '../..', '/etc', 'images', 'images/train', '[a, b]', '{0: a, 1: b}', '&a [x, *a]', '*a', '&a {b: *a}'],
  ...['!!js/function "x"', '!!binary aGk=', '!!set {a, b}', '0x7fffffffffff', '.nan', '-.inf', '2026-01-01'],
  ...['|\n  text\n  more', '"\\u0000"', '~', '[[[[[[', '{{{', "'", '!<tag:x> y'],
];
const ODD_LINES = ['---', '...', '%YAML 1.2', '%TAG ! x', '- a', '\t- b', '? [a]', ': c', '# x', '&x', '*x'];

export const yamlStructures = (): fc.Arbitrary<Uint8Array> => {
  const line = fc
    .tuple(fc.constantFrom(...KEYS), fc.constantFrom(...VALUES))
    .map(([name, given]) => `${name}: ${given}`);
  return fc
    .array(fc.oneof({ weight: 5, arbitrary: line }, { weight: 1, arbitrary: fc.constantFrom(...ODD_LINES) }), {
      maxLength: 12,
    })
    .map((lines) => bytesOf(lines.join('\n')));
};
