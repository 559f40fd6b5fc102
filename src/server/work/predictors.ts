/** The models of an engine, loaded, in the variants that clients ask for. */
import { createPredictor, type Predictor, type PredictorOptions } from '../../inference/predictor.ts';
import type { Preprocessing } from '../../image/preprocess.ts';
import type { Model } from '../../models/model.ts';
import type { Backend } from '../../runtime/backend.ts';
import type { SegmentQuery } from '../segment-query.ts';

/** What a predictor is made for; all else is the server's. */
export interface Variant extends Pick<SegmentQuery, 'scales' | 'flip' | 'protocol' | 'tile' | 'overlap'> {
  readonly entropy?: boolean | undefined;
}

interface Loaded {
  readonly model: Model;
  readonly options: PredictorOptions;
  readonly usual: Promise<Predictor>;
}

/** Unusual variants that are kept loaded. */
const KEPT = 3;

export class Predictors {
  readonly backend: Backend;
  readonly #models = new Map<string, Loaded>();
  /** The one used last is the last. */
  readonly #unusual = new Map<string, Promise<Predictor>>();

  constructor(backend: Backend) {
    this.backend = backend;
  }

  /** Loads a model in its usual form, which stays. @throws as `createPredictor` */
  async add(name: string, model: Model, options: PredictorOptions): Promise<Predictor> {
    const usual = createPredictor(model, this.backend, { ...options, confidence: true });
    const predictor = await usual;
    this.#models.set(name, { model, options, usual });
    return predictor;
  }

  /**
   * The predictor for a variant, loaded anew unless it was used lately. It may be disposed of when another one is asked for.
   * @throws UsageError if the options do not fit each other.
   */
  async get(name: string, variant: Variant): Promise<Predictor> {
    const { model, options, usual } = this.#models.get(name) as Loaded;
    const chosen = Object.entries(variant).filter(([, value]) => value !== undefined && value !== false);
    if (chosen.length === 0) return usual;
    const key = JSON.stringify([name, chosen.sort(([a], [b]) => (a < b ? -1 : 1))]);
    const known = this.#unusual.get(key);
    const predictor =
      known ?? createPredictor(model, this.backend, { ...options, ...Object.fromEntries(chosen), confidence: true });
    this.#unusual.delete(key);
    this.#unusual.set(key, predictor);
    try {
      return await predictor;
    } catch (error) {
      this.#unusual.delete(key);
      throw error;
    } finally {
      await this.#forget();
    }
  }

  /** How images are brought to the input of a model. */
  preprocessingOf(name: string): Preprocessing {
    const { model, options } = this.#models.get(name) as Loaded;
    return options.preprocessing ?? model.preprocessing;
  }

  async #forget(): Promise<void> {
    while (this.#unusual.size > KEPT) {
      const [key, oldest] = this.#unusual.entries().next().value as [string, Promise<Predictor>];
      this.#unusual.delete(key);
      await (await oldest).dispose();
    }
  }
}
