/** The stations of a network: the places on an image's way where its features can be looked at. */
import type { ImageSize } from '../image/preprocess.ts';
import type { Value } from '../graph/value.ts';
import { EVALUATION, type Landmark, scope } from '../nn/scope.ts';
import type { NetworkDefinition } from './families.ts';
import { network, networkGeometry } from './network.ts';
import { pixelValues } from './pixel-values.ts';

/** What precedes all stations. */
export const IMAGE_STATION = 'image';

/**
 * A part of the network and the features that it ends with. RefineNet's kinds, in the paper's words: `encoder` (a feature map of the
 * ResNet), `reduction` (of its dimension), `adapt` (a residual conv unit on a block's input), `fusion`, `pooling` (chained residual pooling), `output`
 * (a residual conv unit after it), `head` (one before the softmax), `classifier`, and `crf` where a
 * conditional random field follows it.
 */
export interface Station {
  /** The part's name, as its parameters have it: `decoder.refinenet4.fusion`. */
  readonly name: string;
  readonly kind: string;
  /** The stations whose features the part takes; `image` is what precedes all. */
  readonly inputs: readonly string[];
  readonly channels: number;
  /** Pixels of the network's input along one side of a feature. */
  readonly stride: number;
}

/** The stations of a network in the order in which features pass them. */
export function networkStations(definition: NetworkDefinition): readonly Station[] {
  const { alignment, smallestSide } = networkGeometry(definition);
  // Every stride divides it, and it is an image's.
  const side = alignment * smallestSide;
  const { landmarks } = watchedNetwork(definition, pixelValues({ batch: 1, height: side, width: side }));
  const names = new Map(landmarks.map(({ name, output }) => [output, name]));
  return landmarks.map(({ name, inputs, output }) => ({
    name,
    kind: kindOf(name),
    inputs: inputs.map((value) => names.get(value) ?? IMAGE_STATION),
    channels: output.shape[1] as number,
    stride: side / (output.shape[2] as number),
  }));
}

/** What a part is to the network, by its name: the encoder's are its taps, the decoder's say it, with numbers behind. */
function kindOf(name: string): string {
  const [first = '', ...parts] = name.split('.');
  return first.startsWith('encoder') ? 'encoder' : (parts.findLast((part) => !/^\d+$/.test(part)) ?? first);
}

/** The network cut at every station: its features float32 [1, C, h, w], by the station's name. */
export function stationGraph(definition: NetworkDefinition, size?: ImageSize): Readonly<Record<string, Value>> {
  const { landmarks } = watchedNetwork(definition, pixelValues({ ...size, batch: 1 }));
  return Object.fromEntries(landmarks.map(({ name, output }) => [name, output]));
}

function watchedNetwork(definition: NetworkDefinition, x: Value): { readonly landmarks: readonly Landmark[] } {
  const landmarks: Landmark[] = [];
  network(
    definition,
    x,
    scope('', EVALUATION, (landmark) => landmarks.push(landmark)),
  );
  return { landmarks };
}
