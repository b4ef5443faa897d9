// What is fetched: what a switch brings before anything is drawn (one whole picture, in place of one without it and one with it), and
// tables that never change once.

import { PACKING, unfolded } from './rows.js';

const SHORT = `.${PACKING}.rows`; // ends the address of the short form of rows
const MOST = 96; // tables of rows that are kept for a next time
const tables = new Map();

/** What lies at an address, fetched once for all scenes of this page; null where it does not come. */
export function fetchedOnce(address) {
  if (!tables.has(address)) {
    const fetched = fetch(new URL(address, document.baseURI)).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null);
    tables.set(address, fetched);
  }
  return tables.get(address);
}

/**
 * Rows that the renderer takes as they are. What turns the JSON of a deck into layers copies every array by its `map`, number for number:
 * for layers that would be other rows each time, of which all is made ready for the graphics card again.
 */
export function untouched(rows) {
  return Object.defineProperty(rows, 'map', { value: () => rows });
}

const ONE = untouched([{}]); // the rows of a model that stands once, on the anchor
const isOne = (rows) => Array.isArray(rows) && rows.length === 1 && !Object.keys(rows[0]).length;

export class Ahead {
  constructor() {
    this.rows = new Map(); // by address; the same array every time, so that the renderer sees that nothing changed
  }

  /**
   * The decks with rows in the place of addresses of layers that are not in a picture yet. Layers that are in it with an address keep it:
   * the renderer has fetched those. What cannot be fetched keeps its address too: the renderer tells what is wrong.
   */
  async inDecks(decks, drawn) {
    const known = drawn.map((json) => new Map(json.layers.map((layer) => [layer.id, layer.data])));
    const isNew = (layer, place) => typeof layer.data === 'string' && known[place]?.get(layer.id) !== layer.data;
    const wanted = new Set(decks.flatMap((json, place) => json.layers.filter((layer) => isNew(layer, place)).map((layer) => layer.data)));
    await Promise.all([...wanted].map((address) => this.fetch(address)));
    const rowsOf = (layer, place) => (isOne(layer.data) ? ONE : isNew(layer, place) ? this.rows.get(layer.data) : null) ?? layer.data;
    const filled = decks.map((json, place) => ({ ...json, layers: json.layers.map((layer) => ({ ...layer, data: rowsOf(layer, place) })) }));
    for (const address of this.rows.keys()) if (this.rows.size > MOST && !wanted.has(address)) this.rows.delete(address);
    return filled;
  }

  async fetch(address) {
    if (this.rows.has(address)) return;
    try {
      const answer = await fetch(new URL(address.replace(/\.json$/, SHORT), document.baseURI)); // their short form, where they have one
      const isShort = answer.headers.get('content-type') === 'application/octet-stream';
      if (answer.ok) this.rows.set(address, untouched(isShort ? unfolded(await answer.arrayBuffer()) : await answer.json()));
    } catch {
      // the renderer asks again
    }
  }
}
