/** What `import` says while it works and at its end. */
import pc from 'picocolors';
import { preprocessorText } from '../../../models/preprocessor-text.ts';
import type { ImportEvent, ImportResult } from '../../../tasks/import/import.ts';
import { note, print, warn } from '../../output.ts';
import type { ImportOptions } from './options.ts';

export const onImportEvent = ({ message }: ImportEvent): void => warn(message);

/** Says what is left to say. */
export function reportImport(result: ImportResult, { classes: given, json }: ImportOptions): void {
  const { preprocessing, ...printed } = result;
  const { output, architecture, naming, classes, parameters, ignored } = printed;
  if (json) {
    print(JSON.stringify(printed));
    return;
  }
  print(`${architecture}, ${classes.length} classes, ${(parameters / 1e6).toFixed(2)} M parameters, in ${output}`);
  print(`Names of ${naming}${ignored.length > 0 ? `; left out: ${ignored.join(', ')}` : ''}`);
  print(`Classes: ${classes.join(', ')}`);
  print(`Input: ${preprocessorText(preprocessing)}`);
  if (given === undefined) note(pc.dim('The classes have numbers for names; --classes FILE gives them theirs.'));
  note(pc.dim(`Next: npx refinenet predict PHOTO.jpg --model ${output}`));
}
