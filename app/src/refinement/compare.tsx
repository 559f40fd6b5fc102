/** What stands on the other side: another photograph, or another model. */
import { modelName, models } from '../state/models.ts';
import { photoIndex, photos } from '../state/photos.ts';
import { t } from '../strings/index.ts';
import { Check } from '../ui/fields.tsx';
import { isCompared, otherModel, otherPhoto } from './sides.ts';

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
              value={otherModel.value || modelName.value}
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
              value={String(otherPhoto.value < 0 ? photoIndex.value : otherPhoto.value)}
              onChange={({ currentTarget }) => {
                otherPhoto.value = Number(currentTarget.value);
              }}
            >
              {photos.value.map(({ name }, index) => (
                <option key={`${index} ${name}`} value={String(index)}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        </>
      )}
    </section>
  );
}
