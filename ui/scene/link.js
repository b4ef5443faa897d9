// The camera in the address of the page: written when it has come to rest, read on opening and on going back. No run of the page for it.

import { limited, turned } from './camera.js';
import { LOOK_LIMITS } from './walk.js';

const PARAMETER = 'view';
const WALK = 'walk';
const IN_TAB = 'wijktwin-view'; // read by ui/take_home_tab.py
const DECIMALS = { longitude: 5, latitude: 5, zoom: 2, pitch: 1, bearing: 1 };
const REST = 400; // how long the camera stands still before it is written, in milliseconds
const LONGEST = 80;

/** A camera as it stands in an address: longitude,latitude,zoom,pitch,bearing. */
export function written(view) {
  return Object.entries(DECIMALS).map(([name, decimals]) => Number(view[name].toFixed(decimals))).join(',');
}

/** Who walks, as it stands in an address: longitude,latitude,bearing,up. The camera that is gone back to stands beside it. */
export function writtenWalk({ longitude, latitude, bearing, up }) {
  return [[longitude, 6], [latitude, 6], [bearing, 1], [up, 1]].map(([value, decimals]) => Number(value.toFixed(decimals))).join(',');
}

function numbersIn(text, count) {
  const parts = (text ?? '').length <= LONGEST ? (text ?? '').split(',') : [];
  const numbers = parts.map((part) => (/^-?\d+(\.\d+)?$/.test(part.trim()) ? Number(part) : NaN));
  return numbers.length === count && numbers.every(Number.isFinite) ? numbers : null;
}

function isWithin({ longitude, latitude }, { bounds: [west, south, east, north] }) {
  return longitude >= west && longitude <= east && latitude >= south && latitude <= north;
}

/** Who walks from an address; null where nobody does, or elsewhere in the world. */
export function readWalk(text, limits) {
  const numbers = numbersIn(text, 4);
  if (!numbers) return null;
  const [longitude, latitude, bearing, up] = numbers;
  const walker = { longitude, latitude, bearing: turned(bearing), up: Math.min(Math.max(up, LOOK_LIMITS[0]), LOOK_LIMITS[1]) };
  return isWithin(walker, limits) ? walker : null;
}

/** A camera from an address; null where it is none, or looks at another part of the world. */
export function read(text, limits) {
  const numbers = numbersIn(text, Object.keys(DECIMALS).length);
  if (!numbers) return null;
  const view = Object.fromEntries(Object.keys(DECIMALS).map((name, place) => [name, numbers[place]]));
  if (!isWithin(view, limits)) return null;
  return limited(view, limits);
}

export class Link {
  constructor(scene) {
    this.scene = scene;
    this.popped = () => this.back();
    this.entered = (event) => { if (event.navigationType !== 'traverse' && this.hasMoved) this.write(); }; // the page wrote another address
    globalThis.addEventListener('popstate', this.popped);
    globalThis.navigation?.addEventListener('currententrychange', this.entered);
  }

  /** The camera that the address asks for; null for none. */
  opened() {
    if (!this.scene.data.inLink) return null;
    const found = read(new URLSearchParams(location.search).getAll(PARAMETER).at(-1), this.scene.data.limits);
    if (found) this.hasMoved = true;
    return found;
  }

  /** The camera moved: it is written once it stands still, from the first time that the visitor asked for it. */
  later(isAsked) {
    this.hasMoved ||= isAsked;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.write(), REST);
  }

  /** Who walks in the address; null for nobody. */
  walker() {
    if (!this.scene.data.inLink) return null;
    return readWalk(new URLSearchParams(location.search).getAll(WALK).at(-1), this.scene.data.limits);
  }

  /** Puts the camera, and who walks, in the address of now; nothing before anybody moved it. ``isNew`` makes going back bring what was. */
  write({ isNew = false } = {}) {
    const { scene } = this;
    this.hasMoved ||= isNew;
    this.remember();
    if (scene.isGone || !scene.view || !scene.data.inLink || !this.hasMoved) return;
    const said = [`${PARAMETER}=${written(scene.view)}`, ...(scene.walk.isOn ? [`${WALK}=${writtenWalk(scene.walk.at)}`] : [])];
    const parts = location.search.replace(/^\?/, '').split('&').filter(Boolean);
    const isOurs = (part) => [PARAMETER, WALK].includes(part.split('=')[0]);
    if (parts.filter(isOurs).join('&').replaceAll('%2C', ',') === said.join('&')) return;
    const address = `${location.pathname}?${[...parts.filter((part) => !isOurs(part)), ...said].join('&')}${location.hash}`;
    if (isNew) history.pushState(history.state, '', address);
    else history.replaceState(history.state, '', address);
  }

  /** Where one looks, for the page to take home from: this tab keeps it, and the server is told when that page is opened. */
  remember() {
    const { data, front, panes, view, walk } = this.scene;
    const { clientWidth: width, clientHeight: height } = panes[front]?.canvas ?? {};
    if (width && height) this.size = { width, height }; // a picture that is taken from the page has none any more
    if (!view || !data.inTab || !this.size) return;
    const told = { key: data.cameraKey, view: written(view), walk: walk.isOn ? writtenWalk(walk.at) : '', ...this.size };
    try {
      sessionStorage.setItem(IN_TAB, JSON.stringify(told));
    } catch { /* then that page offers its own places to look from */ }
    dispatchEvent(new Event(IN_TAB));
  }

  /** Back or forward to an address that says where the camera was. */
  back() {
    clearTimeout(this.waiting);
    const { scene } = this;
    const [view, walker] = [this.opened(), this.walker()];
    if (walker) scene.walk.enter(walker, false);
    else if (view && scene.view) scene.flyTo(view);
    else scene.walk.leave();
  }

  leave() {
    clearTimeout(this.waiting);
    this.remember();
    globalThis.removeEventListener('popstate', this.popped);
    globalThis.navigation?.removeEventListener('currententrychange', this.entered);
  }
}
