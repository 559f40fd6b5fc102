/** Where photographs come from. */
import { startCamera, stopLive } from '../state/live.ts';
import { messageOf } from '../state/messages.ts';
import { modelFault, modelName } from '../state/models.ts';
import { showSample } from '../state/photos.ts';
import { takeFiles } from '../state/taking.ts';
import { t } from '../strings/index.ts';
import { Action, FileButton } from '../ui/file-button.tsx';

export function Sources() {
  return (
    <section class="card sources" aria-labelledby="sources">
      <h2 id="sources" class="visually-hidden">
        {t('sources.title')}
      </h2>
      <FileButton icon="open" text={t('sources.open')} isPrimary accepts="image/*,video/*" onFiles={takeFiles} />
      <FileButton icon="folder" text={t('sources.folder')} accepts="folder" onFiles={takeFiles} />
      <Action icon="camera" text={t('sources.camera')} onClick={() => void startCamera()} />
      <Action
        icon="sample"
        text={t('sources.sample')}
        onClick={() => {
          stopLive();
          showSample(modelName.value).catch((error: unknown) => {
            modelFault.value = messageOf(error);
          });
        }}
      />
      <p class="quiet small">{t('sources.hint')}</p>
    </section>
  );
}
