/** A segmentation to the bytes of an answer. */
import { zipSync } from 'fflate';
import { encodeLabelPng } from '../../image/png.ts';
import { encodeOutput, OUTPUT_FORMATS } from '../../inference/outputs/index.ts';
import type { OutputFormat } from '../../inference/outputs/output-format.ts';
import type { Predictor } from '../../inference/predictor.ts';
import type { Segmentation } from '../../inference/segmentation/segmentation.ts';
import { encodeImage } from '../../platform/node/encode-image.ts';
import { encodeNpy } from '../../tensor/npy.ts';
import { tensor } from '../../tensor/tensor.ts';
import type { SegmentQuery } from '../segment-query.ts';

export interface AnswerContext {
  /** The model's name. */
  readonly model: string;
  readonly predictor: Predictor;
  readonly query: SegmentQuery;
}

type Encode = (segmentation: Segmentation, context: AnswerContext) => Uint8Array | Promise<Uint8Array>;

const OWN: Readonly<Record<string, Encode>> = {
  json: ({ labels: { width, height }, classes }, { model, predictor: { provider } }) =>
    new TextEncoder().encode(`${JSON.stringify({ width, height, model, provider, classes }, null, 2)}\n`),
  mask: ({ labels, colors }) => encodeLabelPng(labels, colors),
  overlay: (segmentation, { query: { opacity } }) => encodeImage(segmentation.overlay({ opacity }), 'png'),
  npy({ labels: { width, height, data } }) {
    const shape = [height, width];
    return Buffer.concat(
      encodeNpy(data instanceof Uint8Array ? tensor('uint8', shape, data) : tensor('uint16', shape, data)),
    );
  },
};

/**
 * The bytes of the format of this name: one file's, or an archive's where the format has several.
 * @throws UsageError if an option does not fit.
 */
export async function encodeAnswer(
  name: string,
  segmentation: Segmentation,
  context: AnswerContext,
): Promise<Uint8Array> {
  const own = OWN[name];
  if (own) return own(segmentation, context);
  const format = OUTPUT_FORMATS.find((each) => each.name === name) as OutputFormat;
  const { regions, minimumPixels, tolerance } = context.query;
  const files = encodeOutput(format, segmentation, {
    image: 'image',
    classes: context.predictor.description.classes,
    ...(regions && { regions }),
    ...(minimumPixels !== undefined && { minimumPixels }),
    ...(tolerance !== undefined && { tolerance }),
  }).map(({ suffix, content }) => ({
    name: `image${suffix}`,
    bytes: content instanceof Uint8Array ? content : Buffer.concat(encodeNpy(content)),
  }));
  const [first] = files;
  if (first && !format.extension.includes('CLASS')) return first.bytes;
  // PNGs do not get smaller.
  return zipSync(Object.fromEntries(files.map((file) => [file.name, file.bytes])), { level: 0 });
}
