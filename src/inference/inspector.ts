/** A model loaded to be looked into: the features at every station of the network, and the classes that each tells apart. */
import { UsageError } from '../errors.ts';
import { resize } from '../graph/ops/resize.ts';
import { input, type Value } from '../graph/value.ts';
import type { Image } from '../image/image.ts';
import { type LabelMap, labelMap } from '../image/label-map.ts';
import { type Pixels, rgbImage } from '../image/pixels.ts';
import { type ImageSize, preprocess } from '../image/preprocess.ts';
import type { Model, ModelDescription } from '../models/model.ts';
import { networkGeometry } from '../models/network.ts';
import { PIXEL_VALUES } from '../models/pixel-values.ts';
import { networkStations, type Station, stationGraph } from '../models/stations.ts';
import { conv2d } from '../nn/layers.ts';
import { scope } from '../nn/scope.ts';
import type { Backend, NamedTensors, Session, SessionOptions } from '../runtime/backend.ts';
import { Calls } from '../runtime/calls.ts';
import { int64, type Tensor } from '../tensor/tensor.ts';
import { probeScores } from './linear-probe.ts';
import { checkedNetworkSize } from './network-pixels.ts';
import { networkSession } from './network-session.ts';
import { readScores } from './scores/read-scores.ts';
import { DISPOSED } from './segment-options.ts';

/** How a station's features became classes: it is the network's end, they are the classifier's or it was applied to them, or a linear probe. */
export type ClassReading = 'network' | 'classifier' | 'probe';

/** The classes that a station would give on its own, in the image's size. */
export interface StationClasses {
  readonly labels: LabelMap;
  readonly by: ClassReading;
}

/** The station whose weights tell classes apart. */
const CLASSIFIER = 'decoder.classifier';
const FEATURES = 'features';
const MAP_SIZE = 'map_size';
const SCORES = 'scores';

type OpenGraph = (outputs: Readonly<Record<string, Value>>) => Promise<Session>;

/**
 * A model loaded into an engine to be looked into; `create` makes one, `dispose` frees it. It gives the network's plain
 * graph to the engine, in float32 and not rewritten for speed.
 */
export class Inspector {
  /** The network that was loaded, its classes by id, and the model's own preprocessing, which images get. */
  readonly description: ModelDescription;
  /** In the order in which features pass them. */
  readonly stations: readonly Station[];
  readonly #session: Session;
  readonly #open: OpenGraph;
  /** The classifier alone, for the features of other stations: loaded for the first of them. */
  #classifier: Promise<Session> | undefined;
  readonly #calls = new Calls(DISPOSED);

  private constructor(description: ModelDescription, session: Session, open: OpenGraph) {
    this.description = description;
    this.stations = networkStations(description.definition);
    this.#session = session;
    this.#open = open;
  }

  /**
   * Loads a model into an engine.
   * @throws WeightsError if the weights do not fit the network, UsageError if it has no stations, RuntimeError if the
   * engine cannot load it.
   */
  static async create(model: Model, backend: Backend, options: SessionOptions = {}): Promise<Inspector> {
    // The plain network: rewriting would leave no value of some stations.
    const open: OpenGraph = (outputs) => networkSession(outputs, model, backend, { ...options, optimization: 'none' });
    const { definition, classes, preprocessing } = model;
    if (!networkStations(definition).some(({ name }) => name === CLASSIFIER)) {
      throw new UsageError('This network has no stations to be looked at: its family marks none.');
    }
    return new Inspector({ definition, classes, preprocessing }, await open(stationGraph(definition)), open);
  }

  /**
   * Runs the network over an image and keeps the features at all stations.
   * @throws ShapeError, UsageError or RuntimeError as `Segmenter.segment`
   */
  async inspect(pixels: Pixels): Promise<Inspection> {
    return this.#calls.run(async () => {
      const image = rgbImage(pixels);
      const { definition, preprocessing } = this.description;
      const { outputStride } = networkGeometry(definition);
      const size = checkedNetworkSize(image, this.description, null);
      const features = await this.#session.run({ [PIXEL_VALUES]: preprocess([image], preprocessing) });
      const mapSize = { width: Math.ceil(size.width / outputStride), height: Math.ceil(size.height / outputStride) };
      const read: ReadClasses = (what, values) => this.#calls.run(() => this.#read(what, values, image, mapSize));
      const labels = await this.#read('scores', features[lastOf(this.stations)] as Tensor<'float32'>, image, mapSize);
      return inspectionOf({
        image,
        size,
        labels,
        features,
        stations: this.stations,
        classes: definition.classes,
        read,
      });
    });
  }

  /** Frees the engine's memory once the calls that were begun have ended; calling it again does nothing. */
  dispose(): Promise<void> {
    return this.#calls.dispose(async () => {
      await this.#session.dispose();
      await (await this.#classifier)?.dispose();
    });
  }

  /** Ends an `await using` block as `dispose` does. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  async #read(
    what: 'features' | 'scores',
    values: Tensor<'float32'>,
    image: ImageSize,
    map: ImageSize,
  ): Promise<LabelMap> {
    const scores = what === 'scores' ? values : await this.#scores(values, map);
    return labelMap(image.width, image.height, readScores(scores, image).labels);
  }

  /** What the classifier says of features, upsampled to the finest map's size. */
  async #scores(features: Tensor<'float32'>, { width, height }: ImageSize): Promise<Tensor<'float32'>> {
    this.#classifier ??= this.#open(this.#classifierGraph(features.shape[1] as number)).catch((error: unknown) => {
      this.#classifier = undefined;
      throw error;
    });
    const results = await (await this.#classifier).run({
      [FEATURES]: features,
      [MAP_SIZE]: int64([2], [height, width]),
    });
    return results[SCORES] as Tensor<'float32'>;
  }

  #classifierGraph(channels: number): Readonly<Record<string, Value>> {
    const { classes, decoder } = this.description.definition;
    const given = input(FEATURES, 'float32', [1, channels, 'height', 'width']);
    const size = input(MAP_SIZE, 'int64', [2]);
    const enlarged = resize(given, { size, names: ['map_height', 'map_width'] }, 'half_pixel', 'linear', MAP_SIZE);
    return {
      [SCORES]: conv2d(scope(CLASSIFIER), enlarged, { channels: classes, kernel: decoder.classifier, bias: true }),
    };
  }
}

/** The station that the network ends with: the classifier, or what follows it. */
const lastOf = (stations: readonly Station[]): string => (stations.at(-1) as Station).name;

type ReadClasses = (what: 'features' | 'scores', values: Tensor<'float32'>) => Promise<LabelMap>;

interface Inspected {
  readonly image: Image;
  readonly size: ImageSize;
  readonly labels: LabelMap;
  readonly stations: readonly Station[];
  readonly features: NamedTensors;
  readonly classes: number;
  readonly read: ReadClasses;
}

/** An image inside the network. Its features stay in memory as long as this does. */
export interface Inspection {
  readonly image: Image;
  /** At which size the image entered the network. */
  readonly size: ImageSize;
  /** What the whole network gives. */
  readonly labels: LabelMap;
  readonly stations: readonly Station[];
  /** The features at a station, float32 [1, C, h, w]. @throws UsageError if there is no such station */
  tensor(name: string): Tensor<'float32'>;
  /**
   * The classes that a station would give if the rest of the network were left out: by the network's own classifier on the upsampled
   * features where it takes as many channels, else by a linear probe that is fitted to this image's mask.
   * @param options `by: 'probe'` reads features by a probe that the classifier could take too.
   * @throws UsageError if there is no such station
   */
  classes(name: string, options?: { readonly by?: ClassReading | undefined }): Promise<StationClasses>;
}

function inspectionOf({ features, classes, read, ...known }: Inspected): Inspection {
  const { stations, labels } = known;
  const stationNamed = (name: string): Station => {
    const found = stations.find((station) => station.name === name);
    if (found) return found;
    throw new UsageError(
      `The network has no station ${JSON.stringify(name)}. Its stations are ${stations.map((station) => station.name).join(', ')}.`,
    );
  };
  const tensor = (name: string): Tensor<'float32'> => features[stationNamed(name).name] as Tensor<'float32'>;
  const last = stations.find(({ kind }) => kind === 'classifier')?.inputs[0];
  const taken = stations.find(({ name }) => name === last)?.channels;
  return {
    ...known,
    tensor,
    async classes(name, { by } = {}) {
      const { kind, channels } = stationNamed(name);
      if (name === lastOf(stations)) return { labels, by: 'network' };
      if (kind === 'classifier') return { labels: await read('scores', tensor(name)), by: 'classifier' };
      // Features of the encoder are another space, whatever their width.
      if (channels === taken && kind !== 'encoder' && by !== 'probe')
        return { labels: await read('features', tensor(name)), by: 'classifier' };
      return { labels: await read('scores', probeScores(tensor(name), labels, classes)), by: 'probe' };
    },
  };
}
