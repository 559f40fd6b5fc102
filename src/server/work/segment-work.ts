/** An image to a segmentation in the format that was asked for. */
import { throwIfAborted } from '../../inference/segment-options.ts';
import { decodeImage } from '../../platform/node/decode-image.ts';
import { ANSWER_FORMATS, type AnswerFormat } from '../answer-formats.ts';
import type { Answer, EngineJob } from '../engines/messages.ts';
import { encodeAnswer } from './encode-answer.ts';
import { segmentInTurn, type WorkContext } from './work.ts';

type SegmentJob = Extract<EngineJob, { kind: 'segment' }>;

/** @throws FormatError if the bytes are no image, Refusal, UsageError and ShapeError if it cannot be segmented so. */
export async function segmentWork(
  { model, format: name, query, body }: SegmentJob,
  context: WorkContext,
): Promise<Answer> {
  const { pixelLimit, signal, stopwatch } = context;
  const format = ANSWER_FORMATS.find((each) => each.name === name) as AnswerFormat;
  const image = await stopwatch.during('decode', () => decodeImage(body, { name: 'The image', pixelLimit }));
  const { scales, flip, protocol, tile, overlap } = query;
  const variant = { scales, flip, protocol, tile, overlap, entropy: format.needsEntropy };
  const { segmentation, predictor } = await segmentInTurn(image, model, variant, context);
  throwIfAborted(signal);
  const bytes = await stopwatch.during('encode', () => encodeAnswer(name, segmentation, { model, predictor, query }));
  return { type: format.type, body: bytes, seconds: stopwatch.seconds };
}
