/** Batches of which the frozen part of the network is computed once: as many epochs of views are made, and then used again. */
import { epochOrder } from '../../data/epoch.ts';
import type { Outputs } from '../../graph/rewrite/rewrite.ts';
import { networkSession } from '../../inference/network-session.ts';
import { PIXEL_VALUES } from '../../models/pixel-values.ts';
import type { Backend, Session, SessionOptions } from '../../runtime/backend.ts';
import { elementCount } from '../../tensor/shape.ts';
import { type Tensor, tensor } from '../../tensor/tensor.ts';
import type { Weights } from '../../tensor/weights.ts';
import type { FeatureBatch } from '../step/types.ts';
import { contentsOf, fillPadding } from './padding.ts';
import type { BatchPlace, BatchSource, SourceBatch } from './parts.ts';

export interface RememberedViewsOptions {
  /** Where images come from. */
  readonly images: BatchSource;
  /** How many epochs of them are made. */
  readonly views: number;
  /** From pixels to what is remembered, float32 [N, ...] each. */
  readonly frozen: Outputs;
  /** Whether padding is remembered as the mean of what its image has ({@link fillPadding}). */
  readonly fillsPadding: boolean;
  readonly weights: Weights;
  readonly backend: Backend;
  readonly session?: SessionOptions;
}

/** An epoch's batches as they were made. */
type View = FeatureBatch[];

/**
 * A source whose epochs are, in turn, the first `views` ones of the images, mixed anew each time. What it gives depends on seed
 * and place alone, wherever one begins: a view that a resumed run has not seen is made again.
 */
export class RememberedViews implements BatchSource {
  readonly batchesPerEpoch: number;
  readonly #options: RememberedViewsOptions;
  readonly #made = new Map<number, View>();
  #session: Promise<Session> | undefined;

  constructor(options: RememberedViewsOptions) {
    this.#options = options;
    this.batchesPerEpoch = options.images.batchesPerEpoch;
  }

  async *batches({ seed, epoch, position }: BatchPlace): AsyncGenerator<SourceBatch, void, undefined> {
    for (let current = epoch; ; current++) {
      const from = current === epoch ? position : 0;
      yield* current < this.#options.views ? this.#fresh(seed, current, from) : this.#again(seed, current, from);
    }
  }

  async dispose(): Promise<void> {
    this.#made.clear();
    await (await this.#session)?.dispose();
  }

  /** An epoch in which the view is made: what was made before stands, and every batch is given as soon as it is there. */
  async *#fresh(seed: number, epoch: number, from: number): AsyncGenerator<FeatureBatch, void, undefined> {
    const view = this.#made.get(epoch) ?? [];
    this.#made.set(epoch, view);
    for (let index = from; index < view.length; index++) yield view[index] as FeatureBatch;
    if (view.length >= this.batchesPerEpoch) return;
    this.#session ??= this.#open();
    const session = await this.#session;
    const images = this.#options.images.batches({ seed, epoch, position: view.length });
    try {
      while (view.length < this.batchesPerEpoch) {
        const { value, done } = await images.next();
        if (done === true || !('images' in value)) return;
        const features = await featuresOf(session, value.images);
        if (this.#options.fillsPadding) fillAll(features, value.images, value.labels);
        view.push({ features, labels: value.labels });
        if (view.length > from) yield view.at(-1) as FeatureBatch;
      }
    } finally {
      await images.return?.(undefined);
    }
  }

  /** A later epoch: the images of a view in another order. */
  async *#again(seed: number, epoch: number, from: number): AsyncGenerator<FeatureBatch, void, undefined> {
    const { views } = this.#options;
    for await (const _ of this.#fresh(seed, epoch % views, 0));
    const view = this.#made.get(epoch % views) as View;
    const size = (view[0] as FeatureBatch).labels.shape[0] as number;
    const order = epochOrder(seed, epoch, view.length * size);
    for (let index = from; index < view.length; index++) {
      yield gathered(view, size, order.subarray(index * size, (index + 1) * size));
    }
  }

  #open(): Promise<Session> {
    const { frozen, weights, backend, session } = this.#options;
    return networkSession(frozen, { weights }, backend, { ...session, optimization: 'balanced' });
  }
}

const featuresOf = async (session: Session, images: Tensor<'float32'>): Promise<FeatureBatch['features']> =>
  (await session.run({ [PIXEL_VALUES]: images })) as FeatureBatch['features'];

function fillAll(features: FeatureBatch['features'], images: Tensor<'float32'>, labels: Tensor<'uint8'>): void {
  const [, height, width] = labels.shape as readonly [number, number, number];
  const contents = contentsOf(images, labels);
  for (const each of Object.values(features)) fillPadding(each, contents, { width, height });
}

/** The images at some places of a view, counted through its batches. */
function gathered(view: View, size: number, places: Uint32Array): FeatureBatch {
  const [first] = view as [FeatureBatch, ...View];
  const gather = <T extends 'float32' | 'uint8'>(of: (batch: FeatureBatch) => Tensor<T>): Tensor<T> => {
    const { dtype, shape } = of(first);
    const each = elementCount(shape.slice(1));
    const data = of(first).data.slice() as Tensor<T>['data'];
    for (const [index, place] of places.entries()) {
      const start = (place % size) * each;
      data.set(
        of(view[Math.floor(place / size)] as FeatureBatch).data.subarray(start, start + each) as never,
        index * each,
      );
    }
    return tensor(dtype, shape, data) as Tensor<T>;
  };
  const features = Object.keys(first.features).map(
    (name) => [name, gather((batch) => batch.features[name] as Tensor<'float32'>)] as const,
  );
  return { features: Object.fromEntries(features), labels: gather((batch) => batch.labels) };
}
