/** What screen readers say of what is seen, once it stays. */
import { effect } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';

/** Milliseconds: between two presses of a key that is held nothing is said. */
const CALM = 500;

/** @param props.says signals that it reads make it be asked again */
export function Announced({ says }: { readonly says: () => string }) {
  const [said, setSaid] = useState('');
  const asked = useRef(says);
  asked.current = says;
  useEffect(
    () =>
      effect(() => {
        const text = asked.current();
        const timer = setTimeout(() => setSaid(text), CALM);
        return () => clearTimeout(timer);
      }),
    [],
  );
  return (
    <p class="visually-hidden" role="status">
      {said}
    </p>
  );
}
