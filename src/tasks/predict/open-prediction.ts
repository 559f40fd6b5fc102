/** A model, opened to segment images and to write what a request asks for about each. */
import type { ImageSize } from '../../image/preprocess.ts';
import type { OutputFormat } from '../../inference/outputs/output-format.ts';
import { createPredictor, type Predictor } from '../../inference/predictor.ts';
import type { Segmentation } from '../../inference/segmentation/segmentation.ts';
import type { LabelClass } from '../../labels/label-class.ts';
import type { WarningEvent } from '../events.ts';
import { predictorOptions } from '../run-options.ts';
import type { WorkContext } from '../task.ts';
import type { NamedInput } from '../task-files.ts';
import { type ImageReport, type PredictionFileOptions, writePrediction } from './prediction-files.ts';
import type { PredictRequest } from './request.ts';

type PredictionContext = Pick<WorkContext<WarningEvent>, 'files' | 'backend' | 'onEvent'>;

export interface Prediction extends Pick<Predictor, 'provider' | 'segment' | 'dispose'> {
  /** The model's, by id. */
  readonly classes: readonly LabelClass[];
  /** Writes what is asked for about an image. */
  write(file: NamedInput, segmentation: Segmentation): Promise<ImageReport>;
}

/**
 * Opens the model of a request, prepared for a number of images.
 * @param first the size of the first of them, which the others are expected to have.
 * @throws UsageError, FormatError, WeightsError or RuntimeError if the model cannot be read, loaded or run so.
 */
export async function openPrediction(
  request: PredictRequest,
  images: number,
  first: Promise<ImageSize> | undefined,
  context: PredictionContext,
): Promise<Prediction> {
  const { files } = context;
  const folder = await files.modelFolder(request.model);
  const formats =
    request.formats.length > 0 ? (await import('../../inference/outputs/index.ts')).outputFormats(request.formats) : [];
  const predictor = await openPredictor(folder, request, formats, images, first, context);
  const options = fileOptions(folder, request, formats, predictor);
  return {
    classes: predictor.description.classes,
    provider: predictor.provider,
    segment: (image, watch) => predictor.segment(image, watch),
    dispose: () => predictor.dispose(),
    write: (file, segmentation) => writePrediction(file, segmentation, options, files),
  };
}

function fileOptions(
  model: string,
  { output, opacity, probabilities, logits, regions, minimumPixels, tolerance }: PredictRequest,
  formats: readonly OutputFormat[],
  { provider, description }: Predictor,
): PredictionFileOptions {
  return {
    output,
    opacity,
    model,
    provider,
    classes: description.classes,
    probabilities,
    logits,
    formats,
    context: {
      ...(regions && { regions }),
      ...(minimumPixels !== undefined && { minimumPixels }),
      ...(tolerance !== undefined && { tolerance }),
    },
  };
}

async function openPredictor(
  folder: string,
  request: PredictRequest,
  formats: readonly OutputFormat[],
  images: number,
  first: Promise<ImageSize> | undefined,
  { files, backend: openBackend, onEvent }: PredictionContext,
): Promise<Predictor> {
  const model = await files.readModel(folder);
  const backend = await openBackend(request.device, (message) => onEvent({ type: 'warning', message }));
  const running = predictorOptions(request, model, images);
  // Images of a folder mostly have one size.
  const image = await first?.catch(() => undefined);
  return createPredictor(await files.modelFor(backend, model), backend, {
    ...running,
    confidence: true,
    entropy: formats.some(({ needs }) => needs === 'entropy'),
    probabilities: request.probabilities,
    logits: request.logits,
    ...(image && { imageSize: { width: image.width, height: image.height } }),
  });
}
