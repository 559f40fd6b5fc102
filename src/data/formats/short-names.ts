/** Makes names of samples as short as they can be. */
import { comparable } from '../file-source.ts';
import type { Sample } from '../sample.ts';

/** Names without the folders that all have in common; with the extension where two differ in nothing else. */
export function withUniqueNames(samples: readonly Sample[]): Sample[] {
  const times = new Map<string, number>();
  for (const { name } of samples) times.set(name, (times.get(name) ?? 0) + 1);
  return withShortNames(
    samples.map((sample) =>
      times.get(sample.name) === 1 ? sample : { ...sample, name: comparable(sample.image).replace(/\.(\w+)$/, '_$1') },
    ),
  );
}

/** Names without the folders that all have in common. */
export function withShortNames(samples: readonly Sample[]): Sample[] {
  const folders = (name: string) => name.split('/').slice(0, -1);
  let common = folders(samples[0]?.name ?? '');
  for (const { name } of samples) {
    const own = folders(name);
    let same = 0;
    while (same < common.length && common[same] === own[same]) same++;
    common = common.slice(0, same);
  }
  const start = common.length === 0 ? 0 : common.join('/').length + 1;
  return samples.map((sample) => ({ ...sample, name: sample.name.slice(start) }));
}
