/** Reads labels in XML. */
import type { SaxesTagPlain } from 'saxes';
import { FormatError } from '../../errors.ts';

export interface XmlReader {
  opened(tag: Pick<SaxesTagPlain, 'name' | 'attributes'>): void;
  text(text: string): void;
  closed(name: string): void;
}

/**
 * Tells a reader of the elements one after the other. Entities that a document declares itself are not expanded, which keeps small
 * files small, but refused.
 * @throws FormatError if the document is not well-formed, saying where.
 */
export async function readXml(text: string, file: string, { opened, text: said, closed }: XmlReader): Promise<void> {
  // Most data sets have none.
  const { SaxesParser } = await import('saxes');
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw new FormatError(`${file}: the XML is damaged (${error.message}). Export or copy it anew.`, { cause: error });
  });
  parser.on('opentag', opened);
  parser.on('text', said);
  parser.on('closetag', ({ name }) => closed(name));
  parser.write(text).close();
}
