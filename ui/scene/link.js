// The camera in the address of the page: written when it has come to rest, read on opening and on going back. No run of the page for it.

import { limited } from './camera.js';

const PARAMETER = 'view';
const DECIMALS = { longitude: 5, latitude: 5, zoom: 2, pitch: 1, bearing: 1 };
const REST = 400; // how long the camera stands still before it is written, in milliseconds
const LONGEST = 80;

/** A camera as it stands in an address: longitude,latitude,zoom,pitch,bearing. */
export function written(view) {
  return Object.entries(DECIMALS).map(([name, decimals]) => Number(view[name].toFixed(decimals))).join(',');
}

/** A camera from an address; null where it is none, or looks at another part of the world. */
export function read(text, limits) {
  const parts = (text ?? '').length <= LONGEST ? (text ?? '').split(',') : [];
  const numbers = parts.map((part) => (/^-?\d+(\.\d+)?$/.test(part.trim()) ? Number(part) : NaN));
  if (numbers.length !== Object.keys(DECIMALS).length || !numbers.every(Number.isFinite)) return null;
  const view = Object.fromEntries(Object.keys(DECIMALS).map((name, place) => [name, numbers[place]]));
  const [west, south, east, north] = limits.bounds;
  if (view.longitude < west || view.longitude > east || view.latitude < south || view.latitude > north) return null;
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

  /** Puts the camera in the address of now; nothing before anybody moved it. */
  write() {
    const { scene } = this;
    if (scene.isGone || !scene.view || !scene.data.inLink || !this.hasMoved) return;
    const said = `${PARAMETER}=${written(scene.view)}`;
    const parts = location.search.replace(/^\?/, '').split('&').filter(Boolean);
    if (parts.filter((part) => part.split('=')[0] === PARAMETER).join('&').replaceAll('%2C', ',') === said) return;
    const others = parts.filter((part) => part.split('=')[0] !== PARAMETER);
    history.replaceState(history.state, '', `${location.pathname}?${[...others, said].join('&')}${location.hash}`);
  }

  /** Back or forward to an address that says where the camera was. */
  back() {
    clearTimeout(this.waiting);
    const view = this.opened();
    if (view && this.scene.view) this.scene.flyTo(view);
  }

  leave() {
    clearTimeout(this.waiting);
    globalThis.removeEventListener('popstate', this.popped);
    globalThis.navigation?.removeEventListener('currententrychange', this.entered);
  }
}
