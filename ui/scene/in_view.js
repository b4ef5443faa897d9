// A text that follows what is in the picture: from where one looks and which way, how many buildings, which streets, whose plans.

import { eyeHeight } from './camera.js';
import { element } from './controls.js';
import { inMetres } from './surroundings.js';

const REST = 900; // how long the camera stands still before the text is made anew, in milliseconds
// A building is in the picture when its middle is; for who walks, when a piece of its outline is ahead and near.
const MOST_STREETS = 5;
const FROM_ABOVE = 12; // a camera that is tilted less looks straight down, in degrees
const NEAR = 100; // whoever walks is told what is ahead within so many metres
const ON_STREET = 15; // whoever stands nearer to the line of a street stands in it, in metres
const MIDDLE = 3; // how high above the ground a building is looked for, in metres
const ALONG = 5; // a street is looked for at every so many metres

/** One of two texts, "one|more", with the number filled in. */
function counted(words, n, language) {
  const [one, more] = words.split('|');
  return (n === 1 ? one : more).replace('%n%', new Intl.NumberFormat(language).format(n));
}

/** A height as people say it: by tens from a hundred metres, by fives from twenty. */
export function rounded(metres) {
  const step = metres >= 1000 ? 100 : metres >= 100 ? 10 : metres >= 20 ? 5 : 1;
  return Math.max(Math.round(metres / step) * step, 1);
}

/** How many metres of a line are seen, looked at piece by piece. */
export function seenLength(line, isSeen) {
  let length = 0;
  for (let place = 1; place < line.length; place += 1) {
    const [[ax, ay], [bx, by]] = [line[place - 1], line[place]];
    const whole = Math.hypot(bx - ax, by - ay);
    const n = Math.max(1, Math.ceil(whole / ALONG));
    for (let piece = 0; piece < n; piece += 1) {
      const share = (piece + 0.5) / n;
      if (isSeen([ax + share * (bx - ax), ay + share * (by - ay)], 0)) length += whole / n;
    }
  }
  return length;
}

export class InView {
  constructor(scene) {
    this.scene = scene;
    this.element = element('p', { class: 'in-view', role: 'status', 'aria-live': 'polite' });
  }

  later() {
    clearTimeout(this.waiting);
    this.isTold = false;
    this.waiting = setTimeout(() => this.tell(), REST);
  }

  /** Says what is in the picture now, unless that is what was said last. */
  async tell() {
    this.waiting = null;
    const { scene } = this;
    if (scene.isGone || scene.host.dataset.sceneState !== 'ready') return;
    const hasMiddles = await scene.around.loadMiddles();
    if (scene.isGone || this.waiting || !scene.panes.length) return;
    const words = hasMiddles ? this.inWords() : this.direction();
    if (this.element.textContent !== words) this.element.textContent = words;
    this.isTold = true;
  }

  // ------------------------------------------------------------------------------------------------------------ sentences
  inWords() {
    const { scene } = this;
    const found = this.found();
    const from = scene.walk.isOn ? this.standing() : this.looking();
    return [from, this.buildings(found), this.streets(found), ...this.plans(found)].filter(Boolean).join(' ');
  }

  direction() {
    const { labels } = this.scene;
    return labels.looking.replace('%direction%', this.towards());
  }

  towards() {
    const words = this.scene.labels.directions.split('|');
    return words[Math.round(((this.scene.shown().bearing + 360) % 360) / 45) % 8];
  }

  looking() {
    const { labels, view, data } = this.scene;
    const height = rounded(eyeHeight(view, this.viewport().height));
    const said = view.pitch < FROM_ABOVE ? labels.in_view_above : labels.in_view_looking;
    return said.replace('%height%', this.number(height, data.language)).replace('%direction%', this.towards());
  }

  standing() {
    const { labels, walk, around, data } = this.scene;
    const eye = this.number(walk.at.above, data.language);
    if (walk.at.isWindow) return labels.in_view_window.replace('%eye%', eye).replace('%direction%', this.towards());
    const street = around.streetAt(around.metres(walk.at), ON_STREET);
    return (street ? labels.in_view_street : labels.in_view_standing)
      .replace('%street%', street).replace('%eye%', eye).replace('%direction%', this.towards());
  }

  buildings({ n }) {
    const { labels, walk, data } = this.scene;
    if (!n) return walk.isOn ? labels.in_view_none_ahead.replace('%near%', NEAR) : labels.in_view_none;
    return counted(walk.isOn ? labels.in_view_ahead : labels.in_view_buildings, n, data.language).replace('%near%', NEAR);
  }

  streets({ streets }) {
    const { labels, data } = this.scene;
    if (!streets.length) return '';
    const named = streets.slice(0, MOST_STREETS);
    const more = streets.length - named.length;
    const all = more ? [...named, counted(labels.in_view_more, more, data.language)] : named;
    return labels.in_view_streets.replace('%streets%', this.listed(all));
  }

  /** The plans in each picture that is seen: whose, and what of them; beside the title of a picture with one plan only what. */
  plans({ places }) {
    const { labels, data } = this.scene;
    const what = ({ built, gone, other }) => this.listed([built && counted(labels.in_view_built, built, data.language),
      gone && counted(labels.in_view_gone, gone, data.language), !built && !gone && other && labels.in_view_changed].filter(Boolean));
    const named = (plans) => this.listed(plans.map((plan) => `${plan.name} (${what(plan)})`));
    if (places.length === 1) return [places[0].plans.length ? labels.in_view_plans.replace('%plans%', named(places[0].plans)) : labels.in_view_no_plan];
    return places.map(({ title, plans }) => {
      const said = plans.length === 1 ? what(plans[0]) : plans.length ? named(plans) : labels.in_view_nothing;
      return labels.in_view_picture.replace('%title%', title).replace('%plans%', said);
    });
  }

  number(value, language) {
    return new Intl.NumberFormat(language).format(value);
  }

  listed(words) {
    return new Intl.ListFormat(this.scene.data.language, { type: 'conjunction' }).format(words);
  }

  // ------------------------------------------------------------------------------------------------------ what is in view
  viewport() {
    return this.scene.panes[this.scene.front].deck.getViewports()[0];
  }

  /** Whether a place in metres lies within what the camera sees, at a height above the ground. */
  sees() {
    const { scene } = this;
    const viewport = this.viewport();
    const here = scene.walk.isOn ? scene.around.metres(scene.walk.at) : null;
    return (place, height) => {
      if (here && Math.hypot(place[0] - here[0], place[1] - here[1]) > NEAR) return false;
      const { longitude, latitude } = scene.around.degrees(place);
      const [x, y, depth] = viewport.project([longitude, latitude, scene.around.height(place) + height]);
      return depth < 1 && depth > -1 && x >= 0 && x <= viewport.width && (here || (y >= 0 && y <= viewport.height));
    };
  }

  found() {
    const { around, data } = this.scene;
    const isSeen = this.sees();
    const isWall = (ring) => seenLength([...ring, ring[0]], isSeen) > 0;
    const middles = this.scene.walk.isOn
      ? around.rings().map((rings) => rings.some(isWall))
      : around.frame.middles.map((middle) => Boolean(middle) && isSeen(inMetres(middle), MIDDLE));
    const counts = (points) => points.filter((place) => isSeen(inMetres(place), MIDDLE)).length;
    const streets = around.streets()
      .map(({ name, lines }) => ({ name, length: lines.reduce((sum, line) => sum + seenLength(line, isSeen), 0) }))
      .filter(({ length }) => length > 0).sort((one, other) => other.length - one.length).map(({ name }) => name);
    const shown = this.scene.isAlone() ? [this.scene.front] : data.plans.map((_, place) => place);
    const places = shown.map((place) => ({
      title: data.titles[place],
      plans: data.plans[place].filter((name) => around.plans.has(name)).map((name) => {
        const plan = around.plans.get(name);
        return { name: data.around.plans[name].name, built: counts(plan.middles), gone: [...plan.gone].filter((row) => middles[row]).length, other: counts(plan.others) };
      }).filter(({ built, gone, other }) => built || gone || other),
    }));
    return { n: middles.filter(Boolean).length, streets, places };
  }

  leave() {
    clearTimeout(this.waiting);
  }
}
