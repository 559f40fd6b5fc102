/** What served models are called. */
import { basename, resolve } from 'node:path';
import { UsageError } from '../errors.ts';
import { modelFolder, SHIPPED_MODELS } from '../platform/node/model-location.ts';
import type { ServedModel } from './engines/messages.ts';

/** Models have one version, as they do not change while they are served. */
export const MODEL_VERSION = '1';

const NAME = /^[A-Za-z0-9][\w.-]{0,63}$/;

/**
 * The models that `NAME=LOCATION` or `LOCATION` mean, each in its folder; the default one for none. Without a name of its own a
 * model has that of its folder.
 * @throws UsageError naming every name that is none or is there twice.
 */
export async function servedModels(texts: readonly string[]): Promise<readonly ServedModel[]> {
  const given = texts.length > 0 ? texts : [SHIPPED_MODELS[0]];
  const models = await Promise.all(
    given.map(async (text) => {
      const [, own, location = text] = /^([^=/\\]+)=(.+)$/.exec(text) ?? [];
      const folder = await modelFolder(location);
      return { name: own ?? basename(resolve(folder)), folder };
    }),
  );
  const problems = models.flatMap(({ name }, index) => {
    if (!NAME.test(name))
      return [
        `"${name}" is no name for a model: letters, digits, ., _ and -, up to 64. Give another, NAME=${given[index]}`,
      ];
    return models.findIndex((each) => each.name === name) < index
      ? [`two models are called ${name}. Give one another name, NAME=${given[index]}`]
      : [];
  });
  if (problems.length > 0) throw new UsageError(`Models: ${problems.join('; ')}.`);
  return models;
}
