// Decks as ui/scene/packing.py sends them: what layers have in common stands in a message once.

export function unpacked(data) {
  const decks = data.decks.map(({ alike, ...json }) => ({
    ...json, layers: json.layers.map(({ like, ...own }) => ({ ...alike[like], ...own })),
  }));
  return { ...data, decks };
}
