/** The one fault of a JSON text that JSON.parse is silent about. */

/**
 * The first key that an object in the text has twice, in whatever spelling (`"a"` and `"\u0061"` are one key), or
 * undefined where all differ.
 * @param json a text that JSON.parse accepts.
 */
export function findDuplicateKey(json: string): string | undefined {
  const open: Set<string>[] = [];
  for (let position = 0; position < json.length; position++) {
    const character = json[position];
    if (character === '{') open.push(new Set());
    else if (character === '}') open.pop();
    else if (character === '"') {
      const end = endOfString(json, position);
      if (isKey(json, end)) {
        const key = JSON.parse(json.slice(position, end)) as string;
        const keys = open.at(-1);
        if (keys?.has(key)) return key;
        keys?.add(key);
      }
      position = end - 1;
    }
  }
  return undefined;
}

function endOfString(json: string, start: number): number {
  let position = start + 1;
  while (position < json.length && json[position] !== '"') position += json[position] === '\\' ? 2 : 1;
  return position + 1;
}

function isKey(json: string, afterString: number): boolean {
  let position = afterString;
  while (/\s/.test(json[position] ?? '')) position++;
  return json[position] === ':';
}
