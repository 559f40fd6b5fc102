/** The classes, to paint with; their names and number can be changed. */
import { signal } from '@preact/signals';
import type { Color } from 'refinenet/web';
import { useRef } from 'preact/hooks';
import { t } from '../strings/index.ts';
import { focusSoon } from '../ui/focus.ts';
import { Icon } from '../ui/icons.tsx';
import { Swatch } from '../ui/swatch.tsx';
import { IGNORED } from './dataset.ts';
import { beginAnew, countWith, namedClasses, setClasses, withClass } from './classes.ts';
import { focusPicture } from './focus-picture.ts';
import { classes, painted, touched } from './labeling.ts';
import { removeClass } from './removal.ts';

const isEdited = signal(false);
/** Id of the field for a new class. */
const NEW = 'new-class';

function add(name: string): void {
  if (name === '' || classes.value.some((each) => each.name === name)) return;
  const next = withClass(classes.value, name);
  if (next === classes.value) return;
  setClasses(next);
  painted.value = next.length - 1;
}

/** @returns whether it is gone: what is labeled so is asked for first. */
function remove(id: number, name: string): boolean {
  const count = countWith(id);
  if (count > 0 && !confirm(t(count === 1 ? 'label.removeAskOne' : 'label.removeAsk', { name, count }))) return false;
  removeClass(id);
  return true;
}

function Row({ id, name, color, keyName }: { id: number; name: string; color: Color | null; keyName: string }) {
  return (
    <button
      type="button"
      class="class-row"
      aria-pressed={painted.value === id}
      onClick={(event) => {
        painted.value = id;
        focusPicture(event);
      }}
    >
      <Swatch color={color} />
      <span class="legend-name">{name}</span>
      {keyName && <kbd>{keyName}</kbd>}
    </button>
  );
}

export function ClassList() {
  const named = useRef<HTMLInputElement>(null);
  const isOn = isEdited.value;
  return (
    <section class="card" aria-labelledby="label-classes">
      <div class="card-head">
        <h2 id="label-classes">{t('segment.classes')}</h2>
        <button
          type="button"
          class="link"
          aria-pressed={isOn}
          onClick={() => {
            isEdited.value = !isOn;
          }}
        >
          {t(isOn ? 'label.done' : 'label.edit')}
        </button>
      </div>
      <ul class="legend classes">
        {classes.value.map(({ name, color }, id) => (
          <li key={`${id} ${name}`}>
            {isOn ? (
              <>
                <input
                  class="text"
                  aria-label={t('label.rename', { name })}
                  value={name}
                  onChange={({ currentTarget }) => {
                    const next = currentTarget.value.trim();
                    if (next !== '' && !classes.value.some((each) => each.name === next))
                      setClasses(classes.value.map((each, at) => (at === id ? { ...each, name: next } : each)));
                    else currentTarget.value = name;
                  }}
                />
                <button
                  type="button"
                  class="tool"
                  aria-label={t('label.remove', { name })}
                  title={t('label.remove', { name })}
                  disabled={classes.value.length < 3}
                  onClick={() => {
                    if (remove(id, name)) focusSoon(NEW);
                  }}
                >
                  <Icon name="trash" />
                </button>
              </>
            ) : (
              <Row id={id} name={name} color={color} keyName={id < 9 ? String(id + 1) : ''} />
            )}
          </li>
        ))}
        {!isOn && (
          <li>
            <Row id={IGNORED} name={t('label.ignored')} color={null} keyName="I" />
          </li>
        )}
      </ul>
      {isOn && (
        <>
          <form
            class="add-class"
            onSubmit={(event) => {
              event.preventDefault();
              const input = named.current as HTMLInputElement;
              add(input.value.trim());
              input.value = '';
            }}
          >
            <input
              ref={named}
              id={NEW}
              class="text"
              aria-label={t('label.newClass')}
              placeholder={t('label.newClass')}
            />
            <button type="submit" class="button">
              {t('label.add')}
            </button>
          </form>
          <button
            type="button"
            class="link own-set"
            onClick={() => {
              if (touched.value.length === 0 || confirm(t('label.beginAsk'))) {
                painted.value = 1;
                void beginAnew(namedClasses([t('label.background'), t('label.object')]));
              }
            }}
          >
            {t('label.begin')}
          </button>
        </>
      )}
    </section>
  );
}
