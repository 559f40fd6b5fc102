/** What stands on the other side: another photograph, or another model. */
import { models } from '../state/models.ts';
import { addPhoto, type Photo, photos } from '../state/photos.ts';
import { t } from '../strings/index.ts';
import { Check } from '../ui/fields.tsx';
import { FileButton } from '../ui/file-button.tsx';
import { isCompared, other, otherModel, otherPhoto } from './sides.ts';

function addAnother([file]: readonly File[]): void {
  if (!file) return;
  const added: Photo = { name: file.name, file };
  addPhoto(added);
  otherPhoto.value = added;
}

export function Compare() {
  return (
    <section class="card" aria-labelledby="compare">
      <h2 id="compare">{t('refine.compare')}</h2>
      <Check
        text={t('refine.compareText')}
        isChecked={isCompared.value}
        onChange={(isChecked) => {
          isCompared.value = isChecked;
        }}
      />
      {isCompared.value && (
        <>
          <label class="field">
            <span>{t('model.title')}</span>
            <select
              value={other.value.entry?.name ?? ''}
              onChange={({ currentTarget }) => {
                otherModel.value = currentTarget.value;
              }}
            >
              {models.value.map(({ name }) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
          <label class="field">
            <span>{t('refine.photo')}</span>
            <select
              value={String(other.value.picture ? photos.value.indexOf(other.value.picture) : 0)}
              onChange={({ currentTarget }) => {
                otherPhoto.value = photos.value[Number(currentTarget.value)];
              }}
            >
              {photos.value.map(({ name }, index) => (
                <option key={`${index} ${name}`} value={String(index)}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          <FileButton icon="open" text={t('refine.another')} isSingle accepts="image/*" onFiles={addAnother} />
        </>
      )}
    </section>
  );
}
