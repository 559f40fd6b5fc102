/** What is wrong, over the picture, until it is read. */
import type { Signal } from '@preact/signals';
import { t } from '../strings/index.ts';
import { focusView } from './focus.ts';
import { Icon } from './icons.tsx';

/** @param props.of the first of these that has a text is told. */
export function Problem({ of }: { readonly of: readonly Signal<string>[] }) {
  const told = of.find(({ value }) => value !== '');
  if (!told) return null;
  return (
    <div class="problem">
      <p role="alert">{told.value}</p>
      <button
        type="button"
        class="tool"
        aria-label={t('problem.close')}
        title={t('problem.close')}
        onClick={() => {
          told.value = '';
          focusView();
        }}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}
