/** The photographs of a folder, to choose from. */
import type { Signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { type Photo, photos } from '../state/photos.ts';
import { t } from '../strings/index.ts';

export function Filmstrip({ index }: { readonly index: Signal<number> }) {
  return (
    <ol class="filmstrip" aria-label={t('segment.strip')}>
      {photos.value.map((photo, at) => (
        <li key={`${at} ${photo.name}`}>
          <button
            type="button"
            class="thumb"
            aria-current={at === index.value}
            aria-label={photo.name}
            title={photo.name}
            onClick={() => {
              index.value = at;
            }}
          >
            <Thumbnail photo={photo} />
          </button>
        </li>
      ))}
    </ol>
  );
}

export function Thumbnail({ photo }: { readonly photo: Photo }) {
  const [address, setAddress] = useState('');
  useEffect(() => {
    const made = URL.createObjectURL(photo.file);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [photo]);
  return address ? <img src={address} alt="" loading="lazy" decoding="async" /> : null;
}
