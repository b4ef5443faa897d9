// Walking through the neighbourhood: the eye stands at the height of people above the ground, and buildings stop it.

import { radians, turned } from './camera.js';
import { element, iconButton } from './controls.js';

export const EYE = 1.6; // height of the eye above the ground, in metres
export const SPEED = 5; // km per hour
export const FAST = 3; // times faster with Shift
const FIELD = 60; // what one sees from top to bottom, in degrees
const AHEAD = 20; // how far ahead lies what is looked at: there a line is as wide as it says, in metres
const NEAREST = 0.2; // nothing nearer is drawn, in metres
const FARTHEST = 6000;
const ROOM = 0.4; // one stays so far from a wall, in metres
const AIRY = 4; // who begins to walk rather stands so far from any wall, in metres
const WORTH = 15; // and goes so much farther for it, in metres
const STEP = 1; // one press of a button or a key, in metres
const TURN = 15; // idem, in degrees
const LOOK = 10;
const TURN_SPEED = 60; // degrees per second
const LOOK_SPEED = 40;
const DRAG = 0.2; // degrees per pixel
export const LOOK_LIMITS = [-45, 60];
const PIECE = 0.2; // a way is walked in pieces of at most so long, in metres
const SLIDES = [0, 20, -20, 40, -40, 60, -60, 75, -75]; // where one goes along a wall, in degrees from where one wants to go
const SEARCH = 80; // how far a place to stand is looked for, in metres
const OPEN = 40; // a view that is open so far is open enough, in metres
const READABLE = 150; // names of streets that are farther are not shown to who walks, in metres
const REPEAT = 300; // a button that is held repeats so often where nothing may move by itself, in milliseconds
const SPHERE = 40.03e6; // the length of deck.gl's equator, in metres
const TILE = 512;

const MOVES = {
  forward: { along: 0 }, back: { along: 180 }, left: { along: -90 }, right: { along: 90 },
  turn_left: { turn: -1 }, turn_right: { turn: 1 }, up: { look: 1 }, down: { look: -1 },
};
export const KEYS = {
  KeyW: 'forward', ArrowUp: 'forward', KeyS: 'back', ArrowDown: 'back', KeyA: 'left', KeyD: 'right',
  ArrowLeft: 'turn_left', ArrowRight: 'turn_right', KeyQ: 'turn_left', KeyE: 'turn_right', PageUp: 'up', PageDown: 'down',
};
export const SIDES = ['north', 'east', 'south', 'west'];
const walkers = new Map(); // who walks where, by the key of the camera: it outlives whatever a rerun does to the page

/** The view of deck.gl's MapView whose eye stands where a walker's does, looking level: what it looks at lies at the height of the eye. */
export function viewOf({ longitude, latitude, bearing, up, eye }, pictureHeight) {
  const altitude = 0.5 / Math.tan(radians(FIELD) / 2);
  const scale = (altitude * pictureHeight) / AHEAD; // pixels per metre at what is looked at
  const degree = SPHERE / 360;
  const level = AHEAD * Math.cos(radians(up));
  return {
    longitude: longitude + (level * Math.sin(radians(bearing))) / (degree * Math.cos(radians(latitude))),
    latitude: latitude + (level * Math.cos(radians(bearing))) / degree,
    zoom: Math.log2((scale * SPHERE * Math.cos(radians(latitude))) / TILE),
    position: [0, 0, eye + AHEAD * Math.sin(radians(up))],
    pitch: 90 + up,
    bearing: turned(bearing),
    fovy: FIELD,
    nearZ: (NEAREST * scale) / pictureHeight,
    farZ: (FARTHEST * scale) / pictureHeight,
    minZoom: 0,
    maxZoom: 30,
    maxPitch: 180,
  };
}

export class Walk {
  constructor(scene) {
    this.scene = scene;
    this.at = null; // longitude, latitude, bearing, up and height of the eye of who walks; null for nobody
    this.held = new Map(); // moves that a key or a button holds, and how fast
    this.keys = new Set(); // moves that a key holds
    this.owed = new Map(); // what one press still has to go
  }

  get isOn() {
    return this.at !== null;
  }

  get around() {
    return this.scene.around;
  }

  /** Who looks out of a window, or walked here before a rerun took the page away. */
  kept() {
    return this.scene.data.window ?? walkers.get(this.scene.data.cameraKey) ?? null;
  }

  view(pictureHeight) {
    return viewOf(this.at, Math.max(pictureHeight, 1));
  }

  // ---------------------------------------------------------------------------------------------------- coming and going
  /** Stand on the ground: where the camera looks, or where somebody stood. */
  async enter(wanted = null, isAsked = true) {
    const { scene } = this;
    if (!scene.data.around || !(await this.around.loadWalk()) || scene.isGone || !scene.view) return;
    const from = wanted ?? scene.view;
    scene.moving.stop();
    const here = this.around.metres(from);
    const bearing = turned(from.bearing);
    const place = wanted && (wanted.isWindow || this.around.isFree(here, 0)) ? here : this.placeNear(here, bearing);
    if (!place) {
      this.say(scene.labels.walk_nowhere);
      return;
    }
    const wasOn = this.isOn;
    this.stand(place, { bearing, up: wanted?.up ?? 0, ...(wanted?.isWindow ? { eye: wanted.eye, above: wanted.above, isWindow: true } : {}) });
    this.show();
    if (wasOn && !isAsked) return;
    scene.tell(this.at.isWindow ? scene.labels.window_note : this.inWords(scene.labels.walk_said));
    if (!isAsked) return;
    scene.stage.focus({ preventScroll: true });
    scene.link.write({ isNew: true });
  }

  /** Buttons for four places on streets around what is new, one on each side. */
  sides() {
    const { labels, data } = this.scene;
    if (!data.streetViews) return [];
    const button = (name) => element('button', { type: 'button', class: 'place', 'data-action': `street-${name}`,
      'aria-label': labels[`street_from_${name}`], onclick: () => this.standOn(name) }, labels[`from_${name}`]);
    return [element('span', { class: 'from', 'aria-hidden': 'true' }, labels.street), ...SIDES.map(button)];
  }

  /** Stand on the street on one side of what is new and look at it; the server looks for such places once. */
  async standOn(side) {
    const { scene } = this;
    const { streetViews } = scene.data;
    const mine = (this.wish = {});
    if (this.places?.address !== streetViews) {
      this.say(scene.labels.street_searching);
      const found = fetch(new URL(streetViews, document.baseURI)).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null);
      this.places = { address: streetViews, found };
    }
    const found = await this.places.found;
    if (!found) this.places = null;
    if (this.wish !== mine || scene.data.streetViews !== streetViews) return; // something else was asked for meanwhile
    if (found?.[side]) await this.enter(found[side]);
    else this.say(found ? scene.labels.street_none : scene.labels.street_failed);
    if (!this.isOn && this.note.textContent === scene.labels.street_searching) this.say(scene.labels.street_failed); // nothing to walk on came
  }

  leave() {
    this.wish = null;
    if (!this.isOn) return;
    this.stop();
    this.at = null;
    walkers.delete(this.scene.data.cameraKey);
    this.show();
    this.scene.tell(this.scene.labels.walk_left_off);
  }

  /** Other plans are shown: whoever stands where a building came, is put beside it. */
  async plansChanged() {
    if (!this.isOn) return;
    await this.around.loadWalk();
    if (!this.isOn || this.at.isWindow || this.around.isFree(this.around.metres(this.at), 0)) return;
    const place = this.placeNear(this.around.metres(this.at), this.at.bearing);
    if (!place) {
      this.leave();
      return;
    }
    this.stand(place, this.at);
    this.show();
    this.scene.tell(this.scene.labels.walk_moved);
  }

  /** On the ground, or where a window is: the server says how high that eye is. */
  stand(place, { bearing, up, eye = 0, above = EYE, isWindow = false }) {
    const height = isWindow ? eye : this.around.height(place) + EYE;
    this.at = { ...this.around.degrees(place), bearing: turned(bearing), up, eye: height, above, isWindow };
    walkers.set(this.scene.data.cameraKey, this.at);
  }

  show() {
    this.scene.seen();
  }

  /** Turns to a direction of the compass. */
  face(bearing) {
    this.at = { ...this.at, bearing, up: 0 };
    walkers.set(this.scene.data.cameraKey, this.at);
    this.show();
  }

  /** A place to stand near another: free, near, and with an open view ahead. */
  placeNear([x, y], bearing) {
    let [best, found] = [-Infinity, null];
    for (let away = 0; away <= SEARCH && (!found || away <= OPEN); away += 2) {
      const n = Math.max(1, Math.round(away * 1.5));
      for (let turn = 0; turn < n; turn += 1) {
        const place = [x + away * Math.sin((2 * Math.PI * turn) / n), y + away * Math.cos((2 * Math.PI * turn) / n)];
        if (!this.around.isClear(place, 2 * ROOM)) continue;
        const worth = this.openness(place, bearing) - away + (this.around.isClear(place, AIRY) ? WORTH : 0);
        if (worth > best) [best, found] = [worth, place];
      }
    }
    return found;
  }

  openness([x, y], bearing) {
    const [east, north] = this.around.direction(this.around.degrees([x, y]), bearing);
    for (let away = 2; away < OPEN; away += 2) {
      if (!this.around.isFree([x + away * east, y + away * north], 0)) return away;
    }
    return OPEN;
  }

  // ------------------------------------------------------------------------------------------------------------- moving
  /** Go a metre (or turn a little) along one of the moves, and on as long as it is held. */
  press(move, isFast = false) {
    if (!this.isOn) return;
    const size = MOVES[move].turn ? TURN : MOVES[move].look ? LOOK : STEP * (isFast ? FAST : 1);
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
      this.go(move, size);
      this.show();
      return;
    }
    this.held.set(move, isFast);
    this.owed.set(move, Math.max(this.owed.get(move) ?? 0, size));
    if (this.running) return;
    let before = performance.now();
    const run = (now) => {
      this.pass(Math.min(now - before, 100) / 1000);
      before = now;
      this.running = this.isOn && (this.held.size || this.owed.size) ? requestAnimationFrame(run) : null;
    };
    this.running = requestAnimationFrame(run);
  }

  release(move) {
    this.keys.delete(move);
    this.held.delete(move);
  }

  stop() {
    this.keys.clear();
    this.held.clear();
    this.owed.clear();
    cancelAnimationFrame(this.running);
    clearInterval(this.repeating);
    this.running = null;
  }

  /** So many seconds go by. */
  pass(seconds) {
    for (const move of new Set([...this.held.keys(), ...this.owed.keys()])) {
      const { turn, look } = MOVES[move];
      const speed = turn ? TURN_SPEED : look ? LOOK_SPEED : (SPEED / 3.6) * (this.held.get(move) ? FAST : 1);
      const owed = this.owed.get(move) ?? 0;
      const size = this.held.has(move) ? speed * seconds : Math.min(speed * seconds, owed);
      this.go(move, size);
      if (owed - size > 1e-6) this.owed.set(move, owed - size);
      else this.owed.delete(move);
    }
    this.show();
  }

  go(move, size) {
    const { along, turn, look } = MOVES[move];
    if (turn) this.at = { ...this.at, bearing: turned(this.at.bearing + turn * size) };
    else if (look) this.at = { ...this.at, up: Math.min(Math.max(this.at.up + look * size, LOOK_LIMITS[0]), LOOK_LIMITS[1]) };
    else this.walkOn(this.at.bearing + along, size);
    walkers.set(this.scene.data.cameraKey, this.at);
  }

  /** Some metres in a direction, along walls where they are in the way. */
  walkOn(bearing, metres) {
    if (this.at.isWindow) return; // nobody walks out of a window
    for (let left = metres; left > 1e-6; left -= PIECE) {
      const place = this.nextPlace(bearing, Math.min(left, PIECE));
      if (!place) {
        if (!this.isStopped) this.scene.tell(this.scene.labels.walk_stopped);
        this.isStopped = true;
        return;
      }
      this.isStopped = false;
      this.stand(place, this.at);
    }
  }

  nextPlace(bearing, metres) {
    const here = this.around.metres(this.at);
    const isSqueezed = !this.around.isFree(here, ROOM); // then anywhere outside of a wall is better
    for (const slide of SLIDES) {
      const way = metres * Math.cos(radians(slide));
      const [east, north] = this.around.direction(this.at, bearing + slide);
      const place = [here[0] + way * east, here[1] + way * north];
      if (this.around.isFree(place, isSqueezed ? 0 : ROOM)) return place;
    }
    return null;
  }

  /** Whether who walks can read a name in some place: near enough, and no building in between. */
  reads([longitude, latitude]) {
    if (!this.isOn) return true;
    const [here, there] = [this.at, { longitude, latitude }].map((place) => this.around.metres(place));
    return Math.hypot(there[0] - here[0], there[1] - here[1]) < READABLE && this.around.isOpen(here, there);
  }

  /** The line of sight through a pixel, from below all ground to the eye; null where it does not go down. */
  sight(unprojected, low) {
    const [near, far] = [unprojected(0.1), unprojected(0.9)];
    if (near[2] - far[2] < 1e-3) return null;
    const share = (near[2] - low) / (near[2] - far[2]);
    return [[0, 1, 2].map((axis) => near[axis] + share * (far[axis] - near[axis])), near];
  }

  // -------------------------------------------------------------------------------------------------- hands on the picture
  /** A key of a walk; false for one that is none. */
  keyed(event) {
    const move = KEYS[event.code];
    if (event.code === 'Escape' || event.code === 'Home') this.leave();
    else if (move) {
      this.keys.add(move);
      this.press(move, event.shiftKey);
    } else return false;
    return true;
  }

  /** A key pressed on a button of a walk; Enter and the space bar press the button. */
  keyedBeside(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.isOn || !this.keyed(event)) return;
    event.preventDefault();
    if (!this.isOn) this.button.focus();
  }

  keyUp(event) {
    this.release(KEYS[event.code]);
  }

  /** The hands leave the keys: whoever goes elsewhere hears of no key that comes up. */
  letGo() {
    this.keys.forEach((move) => this.release(move));
  }

  /** Dragging turns the head. */
  listen(container) {
    let from = null;
    container.addEventListener('pointerdown', (event) => { from = this.isOn && event.isPrimary ? [event.clientX, event.clientY] : null; });
    container.addEventListener('pointermove', (event) => {
      if (!from || !this.isOn || !event.buttons) return;
      this.go('turn_right', (from[0] - event.clientX) * DRAG);
      this.go('up', (event.clientY - from[1]) * DRAG);
      from = [event.clientX, event.clientY];
      this.show();
    });
    for (const end of ['pointerup', 'pointercancel']) container.addEventListener(end, () => { from = null; });
  }

  /** The page tells what is seen from where one stands: a line of sight straight down says where that is. */
  askView() {
    if (!this.isOn) return;
    const { longitude, latitude, eye } = this.at;
    const [low] = this.scene.data.limits.ground;
    const sight = [[longitude, latitude, low], [longitude, latitude, Math.max(eye, low + EYE)]];
    this.scene.pointing.tell({ layer: null, index: -1, sight, pane: this.scene.front, asksView: true });
    this.scene.tell(this.scene.labels.walk_asked);
  }

  /** What lies around the picture for a walk: the way in, what is good to know, and the buttons, which come back. */
  furnish() {
    const { labels, data } = this.scene;
    this.button = element('button', { type: 'button', class: 'place walk-button', 'data-action': 'walk', hidden: !data.around,
      onclick: () => (this.isOn ? this.leave() : this.enter()) }, labels.walk);
    this.button.setAttribute('aria-label', labels.walk_full);
    this.note = element('p', { class: 'walk-note', hidden: true });
    const leave = element('button', { type: 'button', class: 'place walk-leave', 'data-action': 'walk-leave', onclick: () => {
      this.leave();
      this.button.focus();
    } }, labels.walk_leave);
    const ask = element('button', { type: 'button', class: 'place walk-ask', 'data-action': 'walk-ask', hidden: !data.answersViews,
      onclick: () => this.askView() }, labels.walk_ask);
    const moves = ['turn_left', 'forward', 'turn_right', 'left', 'back', 'right', 'up', 'down'].map((move) => this.moveButton(move));
    this.pad = element('div', { class: 'walk-pad', role: 'group', 'aria-label': labels.walk_tools, hidden: true }, ...moves, ask, leave);
    this.pad.addEventListener('keydown', (event) => this.keyedBeside(event));
    this.pad.addEventListener('keyup', (event) => this.keyUp(event));
    this.pad.addEventListener('focusout', () => this.letGo());
    return this.pad;
  }

  /** A press is a step, holding goes on. */
  moveButton(move) {
    const made = iconButton(`walk_${move}`, this.scene.labels[`walk_${move}`], (event) => { if (!event.detail) this.tap(move); });
    made.addEventListener('pointerdown', (event) => {
      if (event.button) return;
      made.setPointerCapture(event.pointerId);
      this.press(move, event.shiftKey);
      clearInterval(this.repeating);
      this.repeating = setInterval(() => { if (!this.running) this.press(move, event.shiftKey); }, REPEAT);
    });
    for (const end of ['pointerup', 'pointercancel', 'lostpointercapture']) made.addEventListener(end, () => {
      clearInterval(this.repeating);
      this.release(move);
    });
    made.addEventListener('contextmenu', (event) => event.preventDefault()); // a finger that stays
    return made;
  }

  /** Shows around the picture whether somebody walks. */
  showState() {
    this.scene.host.classList.toggle('walking', this.isOn);
    this.button.setAttribute('aria-pressed', String(this.isOn));
    this.pad.hidden = !this.isOn;
    for (const [move, { along }] of Object.entries(MOVES)) {
      this.pad.querySelector(`[data-action="walk_${move}"]`).hidden = along !== undefined && Boolean(this.at?.isWindow);
    }
    const { labels } = this.scene;
    this.pad.querySelector('.walk-leave').textContent = this.at?.isWindow ? labels.window_leave : labels.walk_leave;
    this.note.hidden = !this.isOn;
    if (this.isOn) this.note.textContent = this.told();
  }

  /** Below the picture, until somebody moves, and aloud. */
  say(words) {
    this.note.hidden = false;
    this.note.textContent = words;
    this.scene.tell(words);
  }

  tap(move) {
    this.press(move);
    this.release(move);
  }

  /** What is good to know for who walks. */
  inWords(words) {
    const number = (value) => new Intl.NumberFormat(this.scene.data.language).format(value);
    return words.replace('%eye%', number(this.at?.above ?? EYE)).replace('%speed%', number(SPEED)).replace('%fast%', number(SPEED * FAST));
  }

  told() {
    const { labels } = this.scene;
    if (this.at.isWindow) return labels.window_note;
    return [this.inWords(labels.walk_note), this.around.ground?.isKnown === false ? labels.walk_ground_unknown : labels.walk_ground].join(' ');
  }
}
