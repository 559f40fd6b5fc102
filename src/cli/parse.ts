/** Parsers for option values that several commands take. They throw UsageError with what was typed and what is allowed. */
import { UsageError } from '../errors.ts';
import type { Preprocessing } from '../image/preprocess.ts';
import { ENCODER_STRIDES, type EncoderStride } from '../models/encoders/encoder.ts';
import type { ImagePooling } from '../models/refinenet/definition.ts';
import { numberBetween, oneOf, wholeNumber } from '../option-values.ts';
import { type NumberRange, RANGES } from '../tasks/ranges.ts';

export { oneOf, wholeNumber } from '../option-values.ts';

/** A number as requests take it, by the name of their field. */
export function numberFor(option: string, field: keyof typeof RANGES): (text: string) => number {
  const { whole, least, most }: NumberRange = RANGES[field];
  if (whole) return wholeNumber(option, least, most);
  return numberBetween(option, least, most ?? Number.MAX_VALUE);
}

/** A port to listen at; 0 for a free one. */
export const port = wholeNumber('--port', 0, 65535);

/** More are no wait any more, and from 2 ** 31 milliseconds on Node's timers end at once. */
const DAY = 86_400;

/** Seconds to wait for something, a day at most. */
export const seconds = (option: string, least = 1): ((text: string) => number) => wholeNumber(option, least, DAY);

/** Input pixels between neighbors of an encoder's coarsest feature. */
export const encoderStride = (text: string): EncoderStride =>
  Number(oneOf('--encoder-stride', ENCODER_STRIDES.map(String))(text)) as EncoderStride;

const IMAGE_POOLINGS: Readonly<Record<string, ImagePooling>> = { summed: true, projected: 'projected' };

/** How the mean of the coarsest feature is added to it. */
export const imagePooling = (text: string): ImagePooling =>
  IMAGE_POOLINGS[oneOf('--image-pooling', Object.keys(IMAGE_POOLINGS))(text)] as ImagePooling;

/** `512x384` is width x height. */
export function size(option: string): (text: string) => { readonly width: number; readonly height: number } {
  return (text) => {
    const match = /^(\d{1,5})x(\d{1,5})$/i.exec(text);
    const [width, height] = [Number(match?.[1]), Number(match?.[2])];
    if (!match || width < 1 || height < 1) {
      throw new UsageError(`${option} takes WIDTHxHEIGHT in pixels, for example 512x512; got "${text}".`);
    }
    return { width, height };
  };
}

/** `none`, a fixed `WIDTHxHEIGHT`, one number for the shorter side, or `longest:` and one; as part of a preprocessing. */
export function resizeRule(text: string): Pick<Preprocessing, 'resize'> {
  if (text === 'none') return { resize: null };
  if (/^\d{1,5}$/.test(text) && Number(text) > 0) return { resize: { shortestEdge: Number(text) } };
  const [, longest] = /^longest:(\d{1,5})$/.exec(text) ?? [];
  if (Number(longest) >= 32) return { resize: { longestEdge: Number(longest) } };
  try {
    return { resize: size('--resize')(text) };
  } catch {
    throw new UsageError(
      `--resize takes none, a number of pixels for the shorter side, longest: and at least 32, or WIDTHxHEIGHT; got "${text}".`,
    );
  }
}
