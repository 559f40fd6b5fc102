/**
 * Numbers by formula: reference networks and ours are filled from tensors' names, so that no weights need to be stored.
 *
 * For a tensor called NAME and its flat index i, modulo 2^32: v = FNV-1a(NAME) + i 0x9E3779B9, mixed by MurmurHash3's
 * finalizer; u = (v >>> 8) / 2^24 in [0, 1) and s = 2 u - 1, both exact in float32.
 */
import { elementCount } from '../../src/tensor/shape.ts';
import { type Tensor, tensor } from '../../src/tensor/tensor.ts';

/** From a tensor's u = n / 2^24, where n is a whole number, to its element. */
type Element = (n: number) => number;

const symmetric: Element = (n) => (n - 2 ** 23) / 2 ** 23;
const positive: Element = (n) => 0.5 + n / 2 ** 24;

/** s times a factor; both are float32 numbers, so their product in float64 is exact and rounded once when stored. */
const scaled = (factor: number): Element => {
  const rounded = Math.fround(factor);
  return (n) => rounded * symmetric(n);
};

/** The first rule that fits a name and a shape counts. */
const RULES: readonly {
  readonly fits: (name: string, shape: readonly number[]) => boolean;
  readonly element: (shape: readonly number[]) => Element;
}[] = [
  // Inputs (x:...) and upstream gradients (...:dy).
  { fits: (name) => name.startsWith('x:') || name.endsWith(':dy'), element: () => symmetric },
  { fits: (name) => name.endsWith('.running_var'), element: () => positive },
  { fits: (name, shape) => shape.length === 1 && name.endsWith('.weight'), element: () => positive },
  { fits: (_, shape) => shape.length === 1, element: () => scaled(0.1) },
  {
    fits: (_, shape) => shape.length === 4,
    element: ([, perGroup = 1, height = 1, width = 1]) => scaled(Math.sqrt(3 / (perGroup * height * width))),
  },
];

/** The tensor of a name and a shape: a network's parameter, an input `x:...` or an upstream gradient `...:dy`. */
export function fillTensor(name: string, shape: readonly number[]): Tensor<'float32'> {
  const rule = RULES.find(({ fits }) => fits(name, shape));
  if (!rule) throw new Error(`${name}: the formula has no rule for a tensor of rank ${shape.length}.`);
  return fill(name, shape, rule.element(shape));
}

/** Tensors by name for shapes by name. */
export function fillWeights(shapes: Iterable<readonly [name: string, shape: readonly number[]]>): Map<string, Tensor> {
  return new Map(Array.from(shapes, ([name, shape]) => [name, fillTensor(name, shape)]));
}

/** `factor` s, for tensors outside the rules of a network, such as logits. */
export function fillScaled(name: string, shape: readonly number[], factor = 1): Tensor<'float32'> {
  return fill(name, shape, scaled(factor));
}

/** 0.5 + u. */
export function fillPositive(name: string, shape: readonly number[]): Tensor<'float32'> {
  return fill(name, shape, positive);
}

/** Labels floor(u (classes + 1)), where the value `classes` stands for 255, which is ignored. */
export function fillLabels(name: string, shape: readonly number[], classes: number): Tensor<'uint8'> {
  const labels = new Uint8Array(elementCount(shape));
  forEachNumber(name, labels.length, (n, index) => {
    const label = Math.floor((n / 2 ** 24) * (classes + 1));
    labels[index] = label === classes ? 255 : label;
  });
  return tensor('uint8', shape, labels);
}

function fill(name: string, shape: readonly number[], element: Element): Tensor<'float32'> {
  const data = new Float32Array(elementCount(shape));
  forEachNumber(name, data.length, (n, index) => {
    data[index] = element(n);
  });
  return tensor('float32', shape, data);
}

/** Every index's u 2^24. */
function forEachNumber(name: string, count: number, visit: (n: number, index: number) => void): void {
  const start = fnv1a(name);
  for (let index = 0; index < count; index++) {
    let v = (start + Math.imul(index, 0x9e3779b9)) | 0;
    v = Math.imul(v ^ (v >>> 16), 0x85ebca6b);
    v = Math.imul(v ^ (v >>> 13), 0xc2b2ae35);
    visit((v ^ (v >>> 16)) >>> 8, index);
  }
}

/** FNV-1a of 32 bits over the UTF-8 bytes. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
}
