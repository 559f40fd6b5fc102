/** Where photographs come from. */
import { useRef } from 'preact/hooks';
import { startCamera, stopLive } from '../state/live.ts';
import { showSample } from '../state/photos.ts';
import { takeFiles } from '../state/taking.ts';
import { t } from '../strings/index.ts';
import { Icon, type IconName } from '../ui/icons.tsx';

function take(input: HTMLInputElement): void {
  const files = [...(input.files ?? [])];
  input.value = '';
  if (files.length > 0) takeFiles(files);
}

function Source({
  icon,
  text,
  onClick,
  primary = false,
}: {
  readonly icon: IconName;
  readonly text: string;
  readonly onClick: () => void;
  readonly primary?: boolean;
}) {
  return (
    <button type="button" class={primary ? 'button primary' : 'button'} onClick={onClick}>
      <Icon name={icon} /> <span>{text}</span>
    </button>
  );
}

export function Sources() {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  return (
    <section class="card sources" aria-labelledby="sources">
      <h2 id="sources" class="visually-hidden">
        {t('sources.title')}
      </h2>
      <Source icon="open" text={t('sources.open')} primary onClick={() => files.current?.click()} />
      <Source icon="folder" text={t('sources.folder')} onClick={() => folder.current?.click()} />
      <Source icon="camera" text={t('sources.camera')} onClick={() => void startCamera()} />
      <Source
        icon="sample"
        text={t('sources.sample')}
        onClick={() => {
          stopLive();
          void showSample();
        }}
      />
      <p class="quiet small">{t('sources.hint')}</p>
      <input
        ref={files}
        type="file"
        hidden
        multiple
        accept="image/*,video/*"
        aria-label={t('sources.open')}
        onChange={({ currentTarget }) => take(currentTarget)}
      />
      <input
        ref={folder}
        type="file"
        hidden
        multiple
        aria-label={t('sources.folder')}
        {...{ webkitdirectory: true }}
        onChange={({ currentTarget }) => take(currentTarget)}
      />
    </section>
  );
}
