/** What was labeled, how it leaves the page, and how it comes back. */
import { signal } from '@preact/signals';
import { messageOf } from '../state/messages.ts';
import { takeFiles } from '../state/taking.ts';
import { t } from '../strings/index.ts';
import { Action, FileButton } from '../ui/file-button.tsx';
import { folder, folderPicker } from './folder.ts';
import { isKept, labelFault, toSave, touched } from './labeling.ts';
import { isOpening, openFolder, openList } from './opening.ts';
import { type Saved, saveArchive, saveToFolder } from './saving.ts';

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

/** Tells what is missing, as what is wrong; else where it was written to. */
function told({ name, leftOut }: Saved): string {
  if (leftOut.length > 0) labelFault.value = t('label.leftOut', { names: leftOut.join(', ') });
  return name === undefined ? '' : t('label.inFolder', { name });
}

async function writeFolder(isAsked: boolean): Promise<string | undefined> {
  const saved = await saveToFolder(isAsked);
  return saved && told(saved);
}

const writeArchive = async (): Promise<string> => told(await saveArchive());

export function KeepCard() {
  const count = touched.value.length;
  const isNone = count === 0;
  const isNoneToSave = toSave.value.length === 0;
  const known = folder.value;
  const opens = { icon: 'folder', text: t('open.folder'), isDisabled: isOpening.value } as const;
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
            <Action
              icon="folder"
              text={known ? t('label.toFolder', { name: known.name }) : t('label.folder')}
              isDisabled={isNoneToSave}
              onClick={() => void run(() => writeFolder(false))}
            />
          )}
          <Action
            icon="download"
            text={t('label.zip')}
            isDisabled={isNoneToSave}
            onClick={() => void run(writeArchive)}
          />
        </div>
        {folderPicker() && known && (
          <button
            type="button"
            class="link own-set"
            disabled={isNoneToSave}
            onClick={() => void run(() => writeFolder(true))}
          >
            {t('label.otherFolder')}
          </button>
        )}
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
            <Action {...opens} onClick={() => void run(openFolder)} />
          ) : (
            <FileButton {...opens} accepts="folder" onFiles={openGiven} />
          )}
          <FileButton
            icon="open"
            text={t('open.zip')}
            isSingle
            isDisabled={isOpening.value}
            accepts=".zip,application/zip"
            onFiles={takeFiles}
          />
        </div>
        <p class="quiet small">{isOpening.value ? t('open.reading') : t('open.hint')}</p>
      </section>
    </>
  );
}
