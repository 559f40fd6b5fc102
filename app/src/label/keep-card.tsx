/** What was labeled, and how it leaves the page. */
import { signal } from '@preact/signals';
import { messageOf } from '../state/messages.ts';
import { t } from '../strings/index.ts';
import { Icon } from '../ui/icons.tsx';
import { isKept, labelFault, touched } from './labeling.ts';
import { folderPicker, saveArchive, saveToFolder } from './saving.ts';

const said = signal('');

async function run(work: () => Promise<string | undefined>): Promise<void> {
  labelFault.value = '';
  try {
    said.value = (await work()) ?? '';
  } catch (error) {
    labelFault.value = messageOf(error);
  }
}

export function KeepCard() {
  const count = touched.value.length;
  return (
    <section class="card" aria-labelledby="label-keep">
      <h2 id="label-keep">{t('label.keep')}</h2>
      <p class="small" role="status">
        {t(count === 0 ? 'label.none' : count === 1 ? 'label.one' : 'label.count', { count })}{' '}
        {count > 0 && <span class="quiet">{t(isKept.value ? 'label.kept' : 'label.keeping')}</span>}
      </p>
      <div class="downloads">
        {folderPicker() && (
          <button
            type="button"
            class="button"
            disabled={count === 0}
            onClick={() =>
              void run(async () => {
                const name = await saveToFolder();
                return name === undefined ? undefined : t('label.inFolder', { name });
              })
            }
          >
            <Icon name="folder" /> <span>{t('label.folder')}</span>
          </button>
        )}
        <button
          type="button"
          class="button"
          disabled={count === 0}
          onClick={() =>
            void run(async () => {
              await saveArchive();
              return undefined;
            })
          }
        >
          <Icon name="download" /> <span>{t('label.zip')}</span>
        </button>
      </div>
      {said.value && <p class="small">{said.value}</p>}
      <p class="quiet small">{t('label.format')}</p>
    </section>
  );
}
