/** Images inside the network, where the model computes: each by a number, until it is forgotten. */
import { RuntimeError } from '../../errors.ts';
import type { Image } from '../../image/image.ts';
import type { LabelMap } from '../../image/label-map.ts';
import type { ImageSize } from '../../image/preprocess.ts';
import type { ClassReading, Inspection, Inspector, StationClasses } from '../../inference/inspector.ts';
import type { Station } from '../../models/stations.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { decodeImage } from './decode-image.ts';
import type { TakenImage } from './image-source.ts';

/** What is known of an inspection at once; plain data. */
export interface InspectionFacts {
  readonly id: number;
  readonly image: Image;
  readonly size: ImageSize;
  readonly labels: LabelMap;
  readonly stations: readonly Station[];
}

interface StationRequest {
  readonly id: number;
  readonly station: string;
}

/** What can be asked for, and what each gives. */
export interface InspectionCalls {
  /** Loads the model to be looked into, once. */
  prepare: { readonly request: null; readonly result: null };
  inspect: { readonly request: TakenImage; readonly result: InspectionFacts };
  stationTensor: { readonly request: StationRequest; readonly result: Tensor<'float32'> };
  stationClasses: {
    readonly request: StationRequest & { readonly by?: ClassReading | undefined };
    readonly result: StationClasses;
  };
  forget: { readonly request: number; readonly result: null };
}

export type InspectionCallName = keyof InspectionCalls;

export class HostedInspections {
  readonly #create: () => Promise<Inspector>;
  readonly #kept = new Map<number, Inspection>();
  #inspector: Promise<Inspector> | undefined;
  #count = 0;

  /** @param create loads the model to be looked into; called once, when it is first needed. */
  constructor(create: () => Promise<Inspector>) {
    this.#create = create;
  }

  /** Answers a call; all arrays that it gives are copies. */
  async answer<Name extends InspectionCallName>(
    call: Name,
    request: InspectionCalls[Name]['request'],
  ): Promise<InspectionCalls[Name]['result']> {
    const answers: { [Each in InspectionCallName]: (given: never) => Promise<InspectionCalls[Each]['result']> } = {
      prepare: async () => {
        await this.#prepared();
        return null;
      },
      inspect: (image: TakenImage) => this.#inspect(image),
      stationTensor: async ({ id, station }: StationRequest) => {
        const { data, ...rest } = this.#find(id).tensor(station);
        return { ...rest, data: data.slice() };
      },
      stationClasses: async ({ id, station, by }: InspectionCalls['stationClasses']['request']) => {
        const found = await this.#find(id).classes(station, { by });
        return { ...found, labels: { ...found.labels, data: found.labels.data.slice() } };
      },
      forget: async (id: number) => {
        this.#kept.delete(id);
        return null;
      },
    };
    return answers[call](request as never) as Promise<InspectionCalls[Name]['result']>;
  }

  async dispose(): Promise<void> {
    this.#kept.clear();
    await (await this.#inspector?.catch(() => undefined))?.dispose();
  }

  #prepared(): Promise<Inspector> {
    this.#inspector ??= this.#create().catch((error: unknown) => {
      this.#inspector = undefined;
      throw error;
    });
    return this.#inspector;
  }

  async #inspect(taken: TakenImage): Promise<InspectionFacts> {
    const pixels = await decodeImage(taken);
    const inspection = await (await this.#prepared()).inspect(pixels);
    const id = this.#count++;
    this.#kept.set(id, inspection);
    const { image, size, labels, stations } = inspection;
    return { id, image, size, labels: { ...labels, data: labels.data.slice() }, stations };
  }

  #find(id: number): Inspection {
    const found = this.#kept.get(id);
    if (found) return found;
    throw new RuntimeError('The inspection was disposed of. Inspect the image again.');
  }
}
