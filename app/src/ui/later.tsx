/** A view whose scripts are loaded when it is first opened. */
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { messageOf } from '../state/messages.ts';
import { modelFault } from '../state/models.ts';

export function later(load: () => Promise<ComponentType>): ComponentType {
  let loaded: ComponentType | undefined;
  return function Later() {
    const [, setLoaded] = useState(loaded !== undefined);
    useEffect(() => {
      if (loaded) return;
      load().then(
        (view) => {
          loaded = view;
          setLoaded(true);
        },
        (error: unknown) => {
          modelFault.value = messageOf(error);
        },
      );
    }, []);
    const View = loaded;
    return View ? <View /> : <div class="view" aria-busy="true" />;
  };
}
