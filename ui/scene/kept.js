// Layers that were drawn and are not shown now: the renderer keeps them unseen, so that showing them again makes nothing anew.

const MOST = 64; // kept unseen in one picture

export class Kept {
  constructor() {
    this.drawn = new Map(); // by id, what was shown last at the end
    this.unseen = new Set();
  }

  /** The layers of a picture with those behind them that it had before. */
  behind(layers) {
    const shown = new Set(layers.map(({ id }) => id));
    const isNew = layers.some(({ id }) => !this.drawn.has(id));
    for (const layer of layers) {
      this.drawn.delete(layer.id);
      this.drawn.set(layer.id, layer);
    }
    const before = [...this.drawn.keys()].filter((id) => !shown.has(id));
    before.splice(0, Math.max(before.length - MOST, 0)).forEach((id) => this.drawn.delete(id)); // the oldest go
    this.unseen = new Set(before);
    this.isNew = isNew;
    return [...layers, ...before.map((id) => ({ ...this.drawn.get(id), visible: false }))];
  }
}
