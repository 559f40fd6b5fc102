/** What is found, as files. */
import { encodeLabelPng, encodeOutput, outputFormats } from 'refinenet/web';
import { messageOf } from '../state/messages.ts';
import { modelFault } from '../state/models.ts';
import { stemOf } from '../state/photos.ts';
import { save } from '../state/save.ts';
import { type Shown, shown } from '../state/segmenting.ts';
import { type StringKey, t } from '../strings/index.ts';
import { Icon } from '../ui/icons.tsx';
import { drawLayers, layersOf } from './layers.ts';
import { hasOutlines, hiddenIds, opacity } from './settings.ts';

type Found = NonNullable<Shown['segmentation']>;

const pngOf = async (data: ImageData): Promise<Blob> => {
  const canvas = new OffscreenCanvas(data.width, data.height);
  (canvas.getContext('2d') as OffscreenCanvasRenderingContext2D).putImageData(data, 0, 0);
  return canvas.convertToBlob({ type: 'image/png' });
};

/** The photograph with its classes, as it is seen but for what is darkened. */
async function overlay(found: Found, { bitmap, classes }: Shown): Promise<Blob> {
  const left = hiddenIds(classes);
  const { width, height } = found.labels;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
  context.drawImage(bitmap, 0, 0, width, height);
  const layers = layersOf(found.labels, found.colors, (id) => !left.has(id), false);
  drawLayers(context, layers, opacity.value, hasOutlines.value);
  return canvas.convertToBlob({ type: 'image/png' });
}

/** The photograph where one of the shown classes is, transparent elsewhere. */
function cutout(found: Found, { classes }: Shown): ImageData {
  const left = hiddenIds(classes);
  const { width, height, data } = found.image;
  const result = new ImageData(width, height);
  for (let at = 0; at < width * height; at++) {
    result.data.set(data.subarray(3 * at, 3 * at + 3), 4 * at);
    result.data[4 * at + 3] = left.has(found.labels.data[at] as number) ? 0 : 255;
  }
  return result;
}

const jsonOf = (value: unknown): Blob => new Blob([JSON.stringify(value, null, 2)], { type: 'application/json' });

/** A document in one of the library's formats. */
function documentOf(found: Found, format: string, { photo, classes }: Shown): Blob {
  const left = hiddenIds(classes);
  const only = found.classes.map(({ id }) => id).filter((id) => !left.has(id));
  const [output] = outputFormats([format]);
  const [file] = encodeOutput(output as NonNullable<typeof output>, found, {
    image: photo.name,
    classes,
    only,
  });
  return new Blob([(file as NonNullable<typeof file>).content as Uint8Array<ArrayBuffer>], {
    type: 'application/json',
  });
}

/** The files by what their name ends in. */
const FILES: readonly {
  readonly text: StringKey;
  readonly ending: string;
  readonly make: (found: Found, of: Shown) => Blob | Promise<Blob>;
}[] = [
  {
    text: 'downloads.mask',
    ending: '.mask.png',
    make: ({ labels, colors }) =>
      new Blob([encodeLabelPng(labels, colors) as Uint8Array<ArrayBuffer>], { type: 'image/png' }),
  },
  { text: 'downloads.overlay', ending: '.overlay.png', make: overlay },
  { text: 'downloads.cutout', ending: '.cutout.png', make: (found, of) => pngOf(cutout(found, of)) },
  {
    text: 'downloads.json',
    ending: '.json',
    make: ({ labels, classes }, { photo, model }) =>
      jsonOf({ image: photo.name, width: labels.width, height: labels.height, model, classes }),
  },
  { text: 'downloads.rle', ending: '.rle.json', make: (found, of) => documentOf(found, 'rle', of) },
  {
    text: 'downloads.polygons',
    ending: '.polygons.json',
    make: (found, of) => documentOf(found, 'polygons', of),
  },
  { text: 'downloads.geojson', ending: '.geojson', make: (found, of) => documentOf(found, 'geojson', of) },
];

export function Downloads() {
  const now = shown.value;
  const found = now?.segmentation;
  const take = async (ending: string, make: (typeof FILES)[number]['make']): Promise<void> => {
    if (!now || !found) return;
    try {
      save(`${stemOf(now.photo.name)}${ending}`, await make(found, now));
    } catch (error) {
      modelFault.value = messageOf(error);
    }
  };
  return (
    <section class="card" aria-labelledby="downloads">
      <h2 id="downloads">{t('downloads.title')}</h2>
      <ul class="downloads">
        {FILES.map(({ text, ending, make }) => (
          <li key={ending}>
            <button type="button" class="chip" disabled={!found} onClick={() => void take(ending, make)}>
              <Icon name="download" /> {t(text)}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
