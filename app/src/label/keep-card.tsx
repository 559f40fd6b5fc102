/** What was labeled, how it leaves the page, and how it comes back. */
import { signal } from '@preact/signals';
import { messageOf } from '../state/messages.ts';
import { t } from '../strings/index.ts';
import { Action, FileButton } from '../ui/file-button.tsx';
import { isKept, labelFault, touched } from './labeling.ts';
import { isOpening, openFolder, openList } from './opening.ts';
import { folderPicker, saveArchive, saveToFolder } from './saving.ts';

const said = signal('');

async function run(work: () => Promise<string | undefined>): Promise<void> {
  labelFault.value = '';
  said.value = '';
  try {
    said.value = (await work()) ?? '';
  } catch (error) {
    labelFault.value = messageOf(error);
  }
}

/** Opens what was chosen or dropped as a data set. */
export const openGiven = (files: readonly File[]): void => void run(() => openList(files));

async function writeFolder(): Promise<string | undefined> {
  const name = await saveToFolder();
  return name === undefined ? undefined : t('label.inFolder', { name });
}

async function writeArchive(): Promise<undefined> {
  await saveArchive();
}

export function KeepCard() {
  const count = touched.value.length;
  const isNone = count === 0;
  const folder = { icon: 'folder', text: t('open.folder'), isDisabled: isOpening.value } as const;
  return (
    <>
      <section class="card" aria-labelledby="label-keep">
        <h2 id="label-keep">{t('label.keep')}</h2>
        <p class="small" role="status">
          {t(isNone ? 'label.none' : count === 1 ? 'label.one' : 'label.count', { count })}{' '}
          {!isNone && <span class="quiet">{t(isKept.value ? 'label.kept' : 'label.keeping')}</span>}
        </p>
        <div class="downloads">
          {folderPicker() && (
            <Action icon="folder" text={t('label.folder')} isDisabled={isNone} onClick={() => void run(writeFolder)} />
          )}
          <Action icon="download" text={t('label.zip')} isDisabled={isNone} onClick={() => void run(writeArchive)} />
        </div>
        {said.value && (
          <p class="small" role="status">
            {said.value}
          </p>
        )}
        <p class="quiet small">{t('label.format')}</p>
      </section>
      <section class="card" aria-labelledby="label-open">
        <h2 id="label-open">{t('open.title')}</h2>
        <div class="downloads">
          {folderPicker() ? (
            <Action {...folder} onClick={() => void run(openFolder)} />
          ) : (
            <FileButton {...folder} accepts="folder" onFiles={openGiven} />
          )}
          <FileButton
            icon="open"
            text={t('open.zip')}
            isSingle
            isDisabled={isOpening.value}
            accepts=".zip,application/zip"
            onFiles={openGiven}
          />
        </div>
        <p class="quiet small">{isOpening.value ? t('open.reading') : t('open.hint')}</p>
      </section>
    </>
  );
}
