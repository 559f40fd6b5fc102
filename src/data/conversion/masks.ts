/** Writes ultralytics' semantic layout: `masks/SPLIT/NAME.png`, indexed in the classes' colors, and a data.yaml. */
import { encodeLabelPng } from '../../image/png.ts';
import { dataYaml, type StartWriting } from './writer.ts';

export const maskWriter: StartWriting = ({ dataset, splits, sink }) => {
  const colors = dataset.classes.map(({ color }) => color);
  const names = dataset.classes.map(({ name }) => name);
  return {
    add: ({ name, labels }) => sink.write(`masks/${name}.png`, encodeLabelPng(labels, colors)),
    async end() {
      await sink.write('data.yaml', dataYaml(splits, names, { masks_dir: 'masks' }));
      return { entry: 'data.yaml', losses: [] };
    },
  };
};
