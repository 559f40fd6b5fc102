/** The model at work: one of those that are there, or another one from files. */
import { useRef } from 'preact/hooks';
import { modelName, models } from './state/models.ts';
import { takeFiles } from './state/taking.ts';
import { t } from './strings/index.ts';
import { Icon } from './ui/icons.tsx';

export function ModelChoice() {
  const files = useRef<HTMLInputElement>(null);
  return (
    <div class="model">
      <label>
        <span class="visually-hidden">{t('model.title')}</span>
        <select
          value={modelName.value}
          onChange={({ currentTarget }) => {
            modelName.value = currentTarget.value;
          }}
        >
          {models.value.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        class="tool"
        aria-label={t('model.add')}
        title={t('model.add')}
        onClick={() => files.current?.click()}
      >
        <Icon name="plus" />
      </button>
      <input
        ref={files}
        type="file"
        hidden
        multiple
        aria-label={t('model.add')}
        accept=".json,.safetensors"
        onChange={({ currentTarget }) => {
          const given = [...(currentTarget.files ?? [])];
          currentTarget.value = '';
          if (given.length > 0) takeFiles(given);
        }}
      />
    </div>
  );
}
