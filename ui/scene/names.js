// Names of streets in the picture: those that there is room for, chosen anew whenever the camera has come to rest.

import { fetchedOnce } from './ahead.js';
import { EQUATOR, scaleOf } from './camera.js';

const LAYER = 'street-names';
const REST = 200; // how long the camera stands still before names are chosen anew, in milliseconds
const LETTERS = 0.875; // size of the letters, as a share of the page's own
const APART = 14; // room that stays free around a name, in pixels
const EDGES = { left: 10, top: 52, right: 64, bottom: 48 }; // where buttons, banner and scale stand, in pixels
const ROOM = 45000; // of the picture for every name, in square pixels
const MOST = 14;
const FEWEST = 3;
const OF_STREET = 0.6; // a street shows at least this share of the length of its name
const SAME_SIZE = 0.04; // letters whose size differs by a smaller share are left as they are
const PROPOSED = 'volume/';

/**
 * Which rows fit: each name once, the longest street first, at the first of its places that is free. Letters are as large far away as
 * nearby: `near` says how many times larger things appear in a place than in the middle of the picture.
 */
export function chosen(rows, { width, height, scale, letters, measure, project, near, isBuilt }) {
  const most = Math.min(Math.max(Math.floor((width * height) / ROOM), FEWEST), MOST);
  const taken = [];
  const found = [];
  const told = new Set();
  for (const row of rows) {
    if (found.length >= most) break;
    if (told.has(row.n)) continue;
    const half = measure(row.n) / 2;
    const larger = near(row.p);
    if (!(larger > 0) || row.l * scale * larger < 2 * half * OF_STREET) continue;
    const [x, y, depth] = project(row.p);
    const box = [x - half, y - letters * 0.7, x + half, y + letters * 0.7];
    if (!(depth < 1) || box[0] < EDGES.left || box[1] < EDGES.top || box[2] > width - EDGES.right || box[3] > height - EDGES.bottom) continue;
    if (taken.some((other) => box[0] - APART < other[2] && other[0] < box[2] + APART && box[1] - APART < other[3] && other[1] < box[3] + APART)) continue;
    if ([box[0], x, box[2]].some((across) => isBuilt(across, y))) continue;
    taken.push(box);
    told.add(row.n);
    found.push({ ...row, z: letters / larger });
  }
  return found;
}

/** How many times larger things appear in a place than where the camera looks. */
function nearness([longitude, latitude, height], viewport, view) {
  const bearing = (view.bearing * Math.PI) / 180;
  const north = (-Math.sin(bearing) * 360) / EQUATOR;
  const east = (Math.cos(bearing) * 360) / (EQUATOR * Math.cos((latitude * Math.PI) / 180));
  const [x0, y0] = viewport.project([longitude, latitude, height]);
  const [x1, y1] = viewport.project([longitude + 10 * east, latitude + 10 * north, height]);
  return Math.hypot(x1 - x0, y1 - y0) / (10 * scaleOf(view));
}

function isAlike(one, other) {
  return one.n === other.n && one.p === other.p && Math.abs(one.z / other.z - 1) < SAME_SIZE;
}

export class Names {
  constructor(scene) {
    this.scene = scene;
    this.rows = [];
    this.waiting = null; // for the camera to come to rest
  }

  /** The message of the server with the names that are shown now in the place of the address of all of them. */
  inData(data) {
    const decks = data.decks.map((json, place) => {
      const layers = json.layers.map((layer) => (layer.id === LAYER ? { ...layer, data: this.scene.panes[place]?.names ?? [] } : layer));
      return { ...json, layers };
    });
    this.address = data.decks.flatMap((json) => json.layers).find((layer) => layer.id === LAYER)?.data;
    return { ...data, decks };
  }

  /** The page's letters, so that names are larger on a projector. */
  letters() {
    return LETTERS * (parseFloat(getComputedStyle(document.documentElement).fontSize) || 16);
  }

  async load() {
    this.rows = (this.address && await fetchedOnce(this.address)) || [];
  }

  /** Chooses again once the camera stands still. */
  later() {
    clearTimeout(this.waiting);
    if (!this.rows.length) return;
    this.waiting = setTimeout(() => {
      this.waiting = null;
      this.scene.panes.forEach((pane) => this.show(pane));
    }, REST);
  }

  /** Shows in one picture what there is room for, and tells whether that is other than what it showed. */
  show(pane) {
    const viewport = pane.deck.getViewports?.()[0];
    if (this.scene.isGone || !this.rows.length || !viewport) return false;
    const letters = this.letters();
    const rows = this.rows.filter((row) => this.scene.walk.reads(row.p));
    const names = chosen(rows, {
      width: viewport.width, height: viewport.height, scale: scaleOf(this.scene.shown()), letters,
      measure: (name) => this.measured(name, letters), project: (position) => viewport.project(position),
      near: (position) => nearness(position, viewport, this.scene.shown()), isBuilt: this.built(pane),
    });
    if (names.length === pane.names?.length && names.every((row, place) => isAlike(row, pane.names[place]))) return false;
    pane.names = names;
    pane.json = { ...pane.json, layers: pane.json.layers.map((layer) => (layer.id === LAYER ? { ...layer, data: names } : layer)) };
    this.scene.repaintPane(pane);
    return true;
  }

  /** Whether a new building of a plan stands in a place of the picture: no name of a street behind it is written over it. */
  built(pane) {
    const layerIds = pane.json.layers.map((layer) => layer.id).filter((id) => id.startsWith(PROPOSED));
    return (x, y) => layerIds.length > 0 && Boolean(pane.deck.pickObject({ x, y, radius: 0, layerIds }));
  }

  measured(name, letters) {
    this.pen ??= document.createElement('canvas').getContext('2d');
    this.pen.font = `600 ${letters}px system-ui, sans-serif`;
    return this.pen.measureText(name).width;
  }

  leave() {
    clearTimeout(this.waiting);
  }
}
