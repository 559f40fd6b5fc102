/** Lists of values by a key, in the order the keys and the values come. */

/** Adds a value to its key's list, which begins with it where the key is new. */
export function addToGroup<Key, Value>(groups: Map<Key, Value[]>, key: Key, value: Value): void {
  const group = groups.get(key);
  if (group) group.push(value);
  else groups.set(key, [value]);
}

/** All values in lists by key, as Map.groupBy of ECMAScript 2024 has them, which Node.js 20 lacks. */
export function groupBy<Key, Value>(values: Iterable<Value>, keyOf: (value: Value) => Key): Map<Key, Value[]> {
  const groups = new Map<Key, Value[]>();
  for (const value of values) addToGroup(groups, keyOf(value), value);
  return groups;
}
