/**
 * Copies a data set and adds parts of its photographs with masks that people drew (`coco-*`), as photographs of their own
 * (`part-*`): `node general/cut-parts.mjs GENERAL WITH_PARTS`, in a folder where refinenet is installed.
 */
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { decodeImage, decodeLabelPng, encodeImage, encodeLabelPng, image, LABEL_SETS, labelMap } from 'refinenet/node';

const [from, to] = process.argv.slice(2);

const COLORS = LABEL_SETS.voc.classes.map(({ color }) => color);

const PARTS = 8;

/** The least share of a photograph that a part shows, and the most by which its shape differs from the photograph's. */
const LEAST_AREA = 0.3;
const MOST_STRETCH = 1.35;

const LEAST_SIDE = 32;

/** Numbers from 0 to 1, always the same ones (the minimal standard generator of Park and Miller, 1988). */
let state = 3;
const random = () => {
  state = (state * 48271) % 2147483647;
  return state / 2147483647;
};

/** A window of rows of values, each pixel of so many. */
function cut(data, width, perPixel, part) {
  const row = part.width * perPixel;
  const values = new data.constructor(row * part.height);
  for (let y = 0; y < part.height; y++) {
    const start = ((part.top + y) * width + part.left) * perPixel;
    values.set(data.subarray(start, start + row), y * row);
  }
  return values;
}

function somePart({ width, height }) {
  const area = LEAST_AREA + (1 - LEAST_AREA) * random();
  const stretch = MOST_STRETCH ** (2 * random() - 1);
  const side = (whole, share) => Math.max(Math.min(LEAST_SIDE, whole), Math.min(whole, Math.round(whole * share)));
  const [across, down] = [side(width, Math.sqrt(area * stretch)), side(height, Math.sqrt(area / stretch))];
  const place = (room) => Math.floor(random() * (room + 1));
  return { width: across, height: down, left: place(width - across), top: place(height - down) };
}

await cp(from, to, { recursive: true });
const [images, masks] = ['images', 'masks'].map((kind) => join(to, kind, 'train'));
for (const file of (await readdir(images)).filter((name) => name.startsWith('coco-')).sort()) {
  const { name } = parse(file);
  const photograph = await decodeImage(await readFile(join(images, file)));
  const mask = decodeLabelPng(await readFile(join(masks, `${name}.png`)));
  for (let number = 0; number < PARTS; number++) {
    const part = somePart(photograph);
    const pixels = image(part.width, part.height, cut(photograph.data, photograph.width, 3, part));
    const labels = labelMap(part.width, part.height, cut(mask.data, mask.width, 1, part));
    const path = name.replace('coco-', 'part-');
    await writeFile(join(images, `${path}-${number}.png`), await encodeImage(pixels, 'png'));
    await writeFile(join(masks, `${path}-${number}.png`), encodeLabelPng(labels, COLORS));
  }
}
