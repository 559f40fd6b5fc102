/** The loop of training, from any state of a run to its end. */
import { messageOf, RuntimeError } from '../../errors.ts';
import { encodePng } from '../../image/png.ts';
import type { ModelDescription } from '../../models/model.ts';
import type { ModelCardDetails } from '../../models/model-card.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { BEST, checkpointFiles, LAST, type RunState, weightsToUse } from './checkpoint.ts';
import type { TrainingConfiguration } from '../configuration.ts';
import type { EpochRecord, StepRecord, ValidationRecord } from './log.ts';
import { isRunaway, isSuspicious, runningMean, watched } from './loss-watch.ts';
import type { RunLog } from './run-log.ts';
import type { RunStorage } from './run-storage.ts';
import { sampleSheet } from './sample-sheet.ts';
import { type RunLength, rateFactor, warmupOf } from '../schedules.ts';
import { type Batch, PARAMETER_GROUPS, type ParameterGroup, type RunnableStep } from '../step/types.ts';
import type { PredictedSample, StopSignal, Validate } from './validate.ts';

/** Batches without end from a place on, the same for the same seed and place. */
export interface BatchSource {
  readonly batchesPerEpoch: number;
  batches(place: { readonly seed: number; readonly epoch: number; readonly position: number }): AsyncIterator<{
    readonly images: Tensor<'float32'>;
    readonly labels: Tensor<'uint8'>;
  }>;
}

/** What a step's caller is told, to show how far a run has come. */
export interface StepReport extends StepRecord {
  /** Updates and epochs of the whole run. */
  readonly updates: number;
  readonly epochs: number;
  /** An estimate from the last updates, without validations. */
  readonly secondsLeft: number;
}

export interface TrainingCallbacks {
  /** Before a new run, while every image and mask is read once to find what is damaged. */
  onSampleChecked?(done: number, total: number, name: string): void;
  onStep?(report: StepReport): void;
  onEpoch?(record: EpochRecord): void;
  /** While an epoch's validation goes on. */
  onValidationImage?(done: number, total: number): void;
  onValidation?(record: ValidationRecord, isBest: boolean): void;
  onCheckpoint?(checkpoint: { readonly folder: string; readonly update: number }): void;
  /** Something that does not end the run. */
  onWarning?(message: string): void;
}

export interface LoopParts {
  readonly configuration: TrainingConfiguration;
  readonly model: ModelDescription;
  readonly card: Pick<ModelCardDetails, 'title' | 'architecture'>;
  readonly step: RunnableStep;
  readonly source: BatchSource;
  /** Undefined where there is nothing to validate on. */
  readonly validate: Validate | undefined;
  readonly storage: RunStorage;
  readonly log: RunLog;
  readonly callbacks: TrainingCallbacks;
  readonly signal: StopSignal | undefined;
}

/** Images on a sheet of sample predictions. */
const SHEET_ROWS = 4;

/** How much the newest update counts in the estimate of the time left. */
const PACE = 0.1;

/** The number of updates of a run; an epoch's last batches that fill no update are left out. */
export function runLength({ epochs, step }: TrainingConfiguration, batchesPerEpoch: number): RunLength {
  const updatesPerEpoch = Math.floor(batchesPerEpoch / step.accumulate);
  return { updates: epochs * updatesPerEpoch, updatesPerEpoch };
}

/**
 * Runs until the end, or until the signal says so; then a checkpoint is kept. Returns the state reached.
 */
export async function runLoop(parts: LoopParts, start: RunState): Promise<RunState> {
  const loop = new Loop(parts);
  let state = start;
  try {
    while (state.finished === null) {
      const before = state;
      state = await loop.advance(state);
      if (state.finished === null && parts.signal?.aborted) {
        await loop.save(state, 'required');
        break;
      }
      if (state === before) break;
    }
  } finally {
    await loop.end();
  }
  return state;
}

/** Keeps the step's state in a folder. @throws RefineNetError if it cannot be written; what was there is untouched then. */
export async function keepCheckpoint(
  { storage, log, step, model, configuration, card, callbacks }: LoopParts,
  folder: string,
  state: RunState,
): Promise<void> {
  // The log first: it may be ahead of the checkpoint, but not behind it.
  await log.flush();
  const files = checkpointFiles(model, { state, training: await step.state() }, configuration, {
    ...card,
    origin: originOf(configuration, state),
  });
  await storage.replaceFolder(folder, files);
  callbacks.onCheckpoint?.({ folder, update: state.updates });
}

class Loop {
  readonly #parts: LoopParts;
  readonly #length: RunLength;
  readonly #startedAt: number;
  #batches: ReturnType<BatchSource['batches']> | undefined;
  #secondsPerUpdate: number | undefined;

  constructor(parts: LoopParts) {
    this.#parts = parts;
    this.#length = runLength(parts.configuration, parts.source.batchesPerEpoch);
    this.#startedAt = performance.now() - 1000 * parts.log.seconds;
  }

  /** One update, or the end of an epoch. */
  async advance(state: RunState): Promise<RunState> {
    if (state.position === this.#length.updatesPerEpoch) return this.#closeEpoch(state);
    const next = await this.#update(state);
    const { saveEvery } = this.#parts.configuration;
    const isWithin = next.position < this.#length.updatesPerEpoch;
    if (saveEvery !== null && isWithin && next.updates % saveEvery === 0) await this.save(next, 'periodic');
    return next;
  }

  async #update(state: RunState): Promise<RunState> {
    const { configuration, step, log, callbacks } = this.#parts;
    const { seed, schedule } = configuration;
    const began = performance.now();
    const batches = await this.#nextBatches(state);
    const factor = rateFactor(schedule, state.updates, this.#length);
    const rates = Object.fromEntries(
      PARAMETER_GROUPS.map((group) => [group, factor * configuration.rates[group]]),
    ) as Record<ParameterGroup, number>;
    const scalars = { rates, updates: state.updates };
    const result = await step.run(batches, scalars, [seed, 'dropout', state.updates]).catch((error: unknown) => {
      if (!(error instanceof RuntimeError)) throw error;
      throw this.#stopped(state, messageOf(error), error);
    });
    const updates = state.updates + 1;
    const watch = watched(state.watch, result.loss, updates, warmupOf(schedule));
    if (isRunaway(watch)) {
      const best = watch.best === null ? '' : `, ten times its best, ${watch.best.toPrecision(3)}, and more`;
      throw this.#stopped(
        state,
        `the loss ran away (running mean ${runningMean(watch).toPrecision(3)}${best}). Start again with a lower learning rate or a lower clipping norm.`,
      );
    }
    const { sums } = state;
    const next: RunState = {
      ...state,
      updates,
      position: state.position + 1,
      watch,
      sums: {
        loss: sums.loss + result.loss,
        pixels: sums.pixels + result.pixels,
        correct: sums.correct + result.correct,
      },
    };
    const seconds = (performance.now() - began) / 1000;
    this.#secondsPerUpdate =
      this.#secondsPerUpdate === undefined
        ? seconds
        : this.#secondsPerUpdate + PACE * (seconds - this.#secondsPerUpdate);
    const record: StepRecord = {
      type: 'step',
      update: updates,
      epoch: state.epoch + 1,
      loss: result.loss,
      gradientNorm: result.gradientNorm,
      accuracy: share(result.correct, result.pixels),
      rates,
      seconds: this.#seconds(),
      imagesPerSecond: (configuration.batch * configuration.step.accumulate) / seconds,
    };
    await log.add(record);
    callbacks.onStep?.({
      ...record,
      updates: this.#length.updates,
      epochs: configuration.epochs,
      secondsLeft: (this.#length.updates - updates) * this.#secondsPerUpdate,
    });
    return next;
  }

  /** The next micro-batches. A damaged file ends the run, but not what was learned before. */
  async #nextBatches(state: RunState): Promise<Batch[]> {
    const { source, configuration } = this.#parts;
    const { accumulate } = configuration.step;
    try {
      this.#batches ??= source.batches({
        seed: configuration.seed,
        epoch: state.epoch,
        position: state.position * accumulate,
      });
      const taken: Batch[] = [];
      while (taken.length < accumulate) {
        const { value, done } = await this.#batches.next();
        if (done === true) throw new RuntimeError('The batches ended before the run.');
        taken.push({ pixels: value.images, labels: value.labels });
      }
      return taken;
    } catch (error) {
      await this.save(state, 'periodic');
      throw error;
    }
  }

  async #closeEpoch(state: RunState): Promise<RunState> {
    const { configuration, source, validate, signal, log, callbacks } = this.#parts;
    const epoch = state.epoch + 1;
    const isLast = epoch === configuration.epochs;
    const isValidated = validate !== undefined && (isLast || epoch % configuration.validateEvery === 0);
    const isShown = configuration.samplesEvery !== null && (isLast || epoch % configuration.samplesEvery === 0);
    const record: EpochRecord = {
      type: 'epoch',
      update: state.updates,
      epoch,
      loss: state.sums.loss / this.#length.updatesPerEpoch,
      accuracy: share(state.sums.correct, state.sums.pixels),
      seconds: this.#seconds(),
    };
    const result = isValidated
      ? await validate(weightsToUse(await this.#parts.step.state()), {
          keep: isShown ? SHEET_ROWS : 0,
          signal,
          onImage: callbacks.onValidationImage?.bind(callbacks),
        })
      : undefined;
    // Cut short: the epoch's end begins again when the run is resumed.
    if (isValidated && result === undefined) return state;

    await log.add(record);
    callbacks.onEpoch?.(record);
    const closed: RunState = {
      ...state,
      epoch,
      position: 0,
      sums: { loss: 0, pixels: 0, correct: 0 },
      finished: isLast ? 'epochs' : null,
    };
    const scored = result ? await this.#score(closed, result.matrix, result.images) : closed;
    if (result && result.samples.length > 0) await this.#draw(scored, result.samples);
    // Batches that fill no update are passed over.
    const used = this.#length.updatesPerEpoch * configuration.step.accumulate;
    if (used < source.batchesPerEpoch) await this.#endBatches();
    await this.#plot();
    await this.save(scored, scored.finished === null ? 'periodic' : 'required');
    return scored;
  }

  /** Logs a validation and keeps the checkpoint if it is the best so far. */
  async #score(
    state: RunState,
    matrix: { meanIoU(): number; pixelAccuracy(): number; iou(): readonly (number | null)[] },
    images: number,
  ): Promise<RunState> {
    const { configuration, log, callbacks } = this.#parts;
    const meanIoU = matrix.meanIoU();
    const iou = matrix.iou();
    const record: ValidationRecord = {
      type: 'validation',
      update: state.updates,
      epoch: state.epoch,
      meanIoU,
      pixelAccuracy: matrix.pixelAccuracy(),
      iou: Object.fromEntries(configuration.classes.map((name, id) => [name, iou[id] ?? null])),
      images,
      seconds: this.#seconds(),
    };
    await log.add(record);
    const isBest = Number.isFinite(meanIoU) && meanIoU > (state.best?.meanIoU ?? Number.NEGATIVE_INFINITY);
    const sinceBest = isBest ? 0 : state.sinceBest + 1;
    const { patience } = configuration;
    const scored: RunState = {
      ...state,
      best: isBest ? { meanIoU, epoch: state.epoch, updates: state.updates } : state.best,
      sinceBest,
      finished: state.finished ?? (patience !== null && sinceBest >= patience ? 'patience' : null),
    };
    callbacks.onValidation?.(record, isBest);
    // The best weights are never seen again: better to end here, and to come to this place again.
    if (isBest) await this.#keep(BEST, scored, 'required');
    return scored;
  }

  /**
   * Keeps the state in `last`. A periodic checkpoint that cannot be written is warned of and tried again at the next; none is
   * kept while the loss is climbing as if to run away.
   */
  async save(state: RunState, kind: 'periodic' | 'required'): Promise<void> {
    if (kind === 'periodic' && isSuspicious(state.watch)) return;
    await this.#keep(LAST, state, kind);
  }

  async #keep(folder: string, state: RunState, kind: 'periodic' | 'required'): Promise<void> {
    try {
      await keepCheckpoint(this.#parts, folder, state);
    } catch (error) {
      if (kind === 'required') throw error;
      this.#parts.callbacks.onWarning?.(
        `The checkpoint of update ${state.updates} was not kept; the one before is untouched. ${messageOf(error)}`,
      );
    }
  }

  async #draw(state: RunState, samples: readonly PredictedSample[]): Promise<void> {
    const { model, storage, log, callbacks } = this.#parts;
    const sheet = sampleSheet(samples, model.classes);
    const bytes = encodePng(sheet);
    log.addPictures(
      { update: state.updates },
      { 'validation/samples': { width: sheet.width, height: sheet.height, bytes } },
    );
    const name = `samples/epoch-${String(state.epoch).padStart(4, '0')}.png`;
    await storage.write(name, bytes).catch((error: unknown) => callbacks.onWarning?.(messageOf(error)));
  }

  async #plot(): Promise<void> {
    const { storage, log, callbacks } = this.#parts;
    for (const [name, svg] of log.plots()) {
      await storage.write(`plots/${name}`, svg).catch((error: unknown) => callbacks.onWarning?.(messageOf(error)));
    }
  }

  /** What ends a run that went wrong; the checkpoints are left as they are. */
  #stopped(state: RunState, reason: string, cause?: unknown): RuntimeError {
    const { storage } = this.#parts;
    return new RuntimeError(
      `${storage.name}: training stopped at update ${state.updates + 1} of ${this.#length.updates}: ${reason} ` +
        `${storage.name}/${LAST} holds the last good checkpoint.`,
      { cause },
    );
  }

  #seconds(): number {
    return Math.round(performance.now() - this.#startedAt) / 1000;
  }

  async #endBatches(): Promise<void> {
    const batches = this.#batches;
    this.#batches = undefined;
    await batches?.return?.(undefined);
  }

  async end(): Promise<void> {
    await this.#endBatches();
    await this.#parts.log.flush().catch((error: unknown) => this.#parts.callbacks.onWarning?.(messageOf(error)));
  }
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function originOf({ preset, epochs }: TrainingConfiguration, { updates, epoch, best }: RunState): string {
  const score = best ? ` Best validation mIoU so far: ${(100 * best.meanIoU).toFixed(2)} % (epoch ${best.epoch}).` : '';
  return `Trained by \`refinenet train\` with the recipe \`${preset}\`: ${updates} updates, ${epoch} of ${epochs} epochs.${score}`;
}
