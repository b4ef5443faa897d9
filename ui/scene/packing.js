// Messages as ui/scene/packing.py sends them: what other messages of the same neighbourhood say as well is in a table that is fetched once.

const KNOWN = '=';

function full(value, table) {
  if (Array.isArray(value)) return value.map((one) => full(one, table));
  if (value === null || typeof value !== 'object') return value;
  if (KNOWN in value) return full(table[value[KNOWN]], table);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, full(one, table)]));
}

export function unpacked(message, table) {
  const data = full(message, table);
  const decks = data.decks.map((json) => ({ ...json, layers: json.layers.map(({ like, ...own }) => ({ ...like, ...own })) }));
  return { ...data, decks };
}
