/** The station that is looked at: what it is, and what of it is shown. */
import type { Station } from 'refinenet/web';
import { t } from '../strings/index.ts';
import { Check, Choice, Slider } from '../ui/fields.tsx';
import { chosenInput, inputsOf } from './pictures.ts';
import { channel, input, isProbed, look, reading } from './settings.ts';
import { kindExplained, kindText } from './words.ts';

export function StationCard({ station }: { readonly station: Station }) {
  const { name, kind, stride, channels } = station;
  const picked = Math.min(channel.value, channels - 1);
  const inputs = inputsOf(station);
  const isOfInput = look.value === 'input' || look.value === 'difference';
  return (
    <section class="card about" aria-labelledby="station">
      <h2 id="station" class="about-title">
        {kindText(kind)}
      </h2>
      <p class="about-name">
        {name} <span class="quiet">{t('refine.size', { channels, stride })}</span>
      </p>
      <p class="quiet">{kindExplained(kind)}</p>
      <Choice
        legend={t('refine.look')}
        name="look"
        value={look.value}
        values={[
          ['classes', t('refine.classes')],
          ['output', t('refine.output')],
          ['input', t('refine.input')],
          ['difference', t('refine.difference')],
        ]}
        onChange={(value) => {
          look.value = value;
        }}
      />
      {isOfInput && inputs.length > 1 && (
        <label class="field">
          <span>{t('refine.whichInput')}</span>
          <select
            value={String(chosenInput(inputs))}
            onChange={({ currentTarget }) => {
              input.value = Number(currentTarget.value);
            }}
          >
            {inputs.map((each, index) => (
              <option key={each} value={String(index)}>
                {each}
              </option>
            ))}
          </select>
        </label>
      )}
      {look.value === 'classes' ? (
        <Check
          text={t('refine.probeAll')}
          isChecked={isProbed.value}
          onChange={(isChecked) => {
            isProbed.value = isChecked;
          }}
        />
      ) : (
        <Choice
          legend={t('refine.reading')}
          name="reading"
          value={reading.value}
          values={[
            ['components', t('refine.components')],
            ['strongest', t('refine.strongest')],
            ['channel', t('refine.channel')],
          ]}
          onChange={(value) => {
            reading.value = value;
          }}
        />
      )}
      {look.value !== 'classes' && reading.value === 'channel' && (
        <Slider
          text={t('refine.channel')}
          value={picked}
          most={channels - 1}
          onChange={(value) => {
            channel.value = value;
          }}
        />
      )}
    </section>
  );
}
