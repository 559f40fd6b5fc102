/** The README.md of a model folder, in the form Hugging Face calls a model card. */
import { byteLength } from '../../tensor/weights.ts';
import { preprocessorText } from '../preprocessor-text.ts';
import type { Model } from '../model.ts';
import { summarize } from '../summary.ts';

/** What a model's card says that the model itself does not tell. */
export interface ModelCardDetails {
  readonly title: string;
  /** The named architecture, when the definition has one. */
  readonly architecture: string;
  /** Where the weights came from, in a sentence. */
  readonly origin: string;
}

/** The model card, Markdown with front matter. */
export function modelCard(model: Model, { title, architecture, origin }: ModelCardDetails): string {
  const { parameters, multiplyAdds } = summarize(model.definition, { width: 512, height: 512 });
  const classes = model.classes.map(({ name }, id) => `| ${id} | ${name.replaceAll('|', '\\|')} |`);
  return `---
library_name: refinenet
pipeline_tag: image-segmentation
tags:
  - semantic-segmentation
  - refinenet
---

# ${title}

${architecture}, ${model.classes.length} classes, ${(parameters / 1e6).toFixed(1)} million parameters, ${(multiplyAdds / 1e9).toFixed(1)} billion multiply-adds at 512 x 512, ${(byteLength(model.weights) / 1e6).toFixed(1)} MB of weights.

${origin} The terms of the data and of the weights it was trained from apply to it.

## Use

\`\`\`sh
npx refinenet predict PHOTO.jpg --model THIS_FOLDER
\`\`\`

## Input

${preprocessorText(model.preprocessing)}

## Classes

| id | class |
| ---: | --- |
${classes.join('\n')}
`;
}
