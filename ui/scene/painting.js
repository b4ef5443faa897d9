// When a picture is painted: a switch is painted once, when all that it brings is there, and not first without and then with it.

const SOON = 60; // what has been fetched is still made ready for the graphics card, in milliseconds
const PATIENCE = 1200; // after this what is there is painted all the same, in milliseconds
export const ASKED = 'asked for'; // somebody reads the picture, as it is

export class Painting {
  constructor() {
    this.since = null;
    this.loaded = null;
    this.soon = SOON;
    this.timer = 0;
  }

  /** Something else is going to be shown, and some of it for the first time. */
  begin(isNew = true) {
    this.since = performance.now();
    this.loaded = null;
    this.soon = isNew ? SOON : 0;
  }

  /** Whether to paint now, and for that reason; if not, `again` is called when it is time. */
  isTime(reason, layers, again) {
    if (this.since === null || reason === ASKED) return true;
    const now = performance.now();
    if (layers.every((layer) => !layer || layer.isLoaded)) this.loaded ??= now;
    const left = Math.min(this.since + PATIENCE, this.loaded === null ? Infinity : this.loaded + this.soon) - now;
    clearTimeout(this.timer);
    if (left <= 0) {
      this.since = null;
      return true;
    }
    this.timer = setTimeout(again, left);
    return false;
  }

  /** Whoever moves the picture wants to see it move. */
  hurry() {
    this.since = null;
  }
}
