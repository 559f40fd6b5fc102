/** A view whose scripts are loaded when it is first opened. */
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { messageOf } from '../state/messages.ts';
import { modelFault } from '../state/models.ts';
import { Problem } from './problem.tsx';

export function later(load: () => Promise<ComponentType>): ComponentType {
  let loaded: ComponentType | undefined;
  return function Later() {
    const [isWaiting, setWaiting] = useState(loaded === undefined);
    useEffect(() => {
      if (loaded) return;
      load().then(
        (view) => {
          loaded = view;
          setWaiting(false);
        },
        (error: unknown) => {
          modelFault.value = messageOf(error);
          setWaiting(false);
        },
      );
    }, []);
    const View = loaded;
    if (View) return <View />;
    return (
      <div class="view" aria-busy={isWaiting}>
        <Problem of={[modelFault]} />
      </div>
    );
  };
}
