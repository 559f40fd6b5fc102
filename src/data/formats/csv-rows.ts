/** Reads comma-separated values with quotes, as RFC 4180 has them. */

/** The fields of every line that is not empty. A quoted field may hold commas, line ends, and quotes that are doubled. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const field = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r?\n|$)/y;
  while (field.lastIndex < text.length) {
    const match = field.exec(text);
    // A quote that is not closed, or in the middle of a field: the rest is one field, which its reader refuses.
    const [, content, end] = match ?? ['', text.slice(field.lastIndex), ''];
    if (!match) field.lastIndex = text.length;
    row.push(content?.startsWith('"') ? content.slice(1, -1).replaceAll('""', '"') : (content ?? ''));
    if (end === ',') continue;
    if (row.some((each) => each !== '')) rows.push(row);
    row = [];
    if (!match) break;
  }
  if (row.length > 0) rows.push(row);
  return rows;
}
