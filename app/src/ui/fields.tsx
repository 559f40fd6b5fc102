/** The controls that all views share: a slider, a check box, and a choice of one of few. */
import type { ComponentChildren } from 'preact';

export interface SliderProps {
  readonly text: string;
  readonly value: number;
  readonly most: number;
  readonly least?: number;
  readonly onChange: (value: number) => void;
  /** What is shown of the value; the number itself when left out, nothing for an empty text. */
  readonly says?: string;
}

export function Slider({ text, value, most, least = 0, onChange, says = String(value) }: SliderProps) {
  return (
    <label class="field">
      <span>
        {text} {says && <span class="quiet">{says}</span>}
      </span>
      <input
        type="range"
        min={least}
        max={most}
        value={value}
        onInput={({ currentTarget }) => onChange(Number(currentTarget.value))}
      />
    </label>
  );
}

export interface CheckProps {
  readonly text: string;
  readonly isChecked: boolean;
  readonly onChange: (isChecked: boolean) => void;
}

export function Check({ text, isChecked, onChange }: CheckProps) {
  return (
    <label class="check">
      <input type="checkbox" checked={isChecked} onChange={({ currentTarget }) => onChange(currentTarget.checked)} />
      <span>{text}</span>
    </label>
  );
}

export interface ChoiceProps<T extends string> {
  readonly legend: string;
  readonly name: string;
  readonly values: readonly (readonly [T, ComponentChildren])[];
  readonly value: T;
  readonly onChange: (value: T) => void;
}

export function Choice<T extends string>({ legend, name, values, value, onChange }: ChoiceProps<T>) {
  return (
    <fieldset class="choice">
      <legend class="visually-hidden">{legend}</legend>
      {values.map(([each, text]) => (
        <label key={each}>
          <input
            type="radio"
            class="visually-hidden"
            name={name}
            checked={value === each}
            onChange={() => onChange(each)}
          />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  );
}
