/** Weights as a publisher names them. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { architecture } from '../../src/models/architectures.ts';
import { networkParameters } from '../../src/models/network.ts';
import { initialize } from '../../src/nn/initialize.ts';
import type { Weights } from '../../src/tensor/weights.ts';
import { NAMINGS } from '../../src/weights/names/index.ts';
import { writeSafetensors } from '../../src/weights/safetensors.ts';

/** Writes `published.safetensors`: drawn weights of the Light-Weight RefineNet on MobileNetV2 with 21 classes. */
export async function writePublished(folder: string): Promise<Weights> {
  const definition = architecture('refinenet-lw-mobilenetv2', 21);
  const canonical = initialize(networkParameters(definition), 7);
  const naming = NAMINGS.find(({ name }) => name.includes('MobileNet') || name.includes('mobilenet'));
  const published = new Map([...canonical].map(([name, value]) => [naming?.toForeign(name) ?? name, value]));
  await writeFile(join(folder, 'published.safetensors'), Buffer.concat(writeSafetensors(published)));
  return published;
}
