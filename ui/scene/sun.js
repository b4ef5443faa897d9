// Sun and shade: a day and a time to choose, or a day that plays; shade is computed on the server and asked for moment by moment.

import { untouched } from './ahead.js';
import { EQUATOR, radians } from './camera.js';
import { element, swatch } from './controls.js';

const PLAY_PAUSE = 350; // at least so long every moment of a played day stands, in milliseconds
const TOLD_AFTER = 700; // the page hears of a time when it stood so long, in milliseconds
const SAID_AFTER = 500; // waiting is said after so long, in milliseconds
const MOST_KEPT = 160; // moments kept as they came
const LAYER = 'shade';
const LOW = 15; // a sun that is lower warms the sky, in degrees
const LIT = /^(building|volume)\//; // layers whose faces are lighter towards the chosen sun
// The light that is baked into colours, as in wijktwin/appearance.py: where each lamp stands, how high, and its strength.
const LAMPS = [[212, 46, [0.455, 0.435, 0.39]], [70, 20, [0.085, 0.09, 0.1]]];
const FROM_THE_SKY = [0.66, 0.67, 0.695];
const FROM_THE_GROUND = [0.64, 0.625, 0.6];
const normals = new WeakMap(); // of rows of surfaces: found once

/** The direction that a surface faces: east, north, up (Newell's sum over its outer ring). */
function normalOf(row) {
  const known = normals.get(row);
  if (known) return known;
  const flat = row.p.positions ?? row.p;
  const end = row.p.holeIndices?.[0] ?? flat.length;
  const degree = EQUATOR / 360;
  const corner = (at) => [(flat[at] - flat[0]) * degree * Math.cos(radians(flat[1])), (flat[at + 1] - flat[1]) * degree, flat[at + 2] - flat[2]];
  const sum = [0, 0, 0];
  for (let at = 0, one = corner(0); at < end; at += 3) {
    const other = corner((at + 3) % end);
    for (const axis of [0, 1, 2]) {
      const [next, last] = [(axis + 1) % 3, (axis + 2) % 3];
      sum[axis] += (one[next] - other[next]) * (one[last] + other[last]);
    }
    one = other;
  }
  const length = Math.hypot(...sum) || 1;
  const found = sum.map((part) => part / length);
  normals.set(row, found);
  return found;
}

/** What a face sends back of red, green and blue under some lamps. */
function lightOn([east, north, up], lamps) {
  const falls = lamps.map(([azimuth, height]) => Math.max(0, up * Math.sin(radians(height))
    + Math.cos(radians(height)) * (east * Math.sin(radians(azimuth)) + north * Math.cos(radians(azimuth)))));
  return [0, 1, 2].map((channel) => (FROM_THE_SKY[channel] * (1 + up) + FROM_THE_GROUND[channel] * (1 - up)) / 2
    + lamps.reduce((sum, [, , strength], place) => sum + strength[channel] * falls[place], 0));
}

/** The colours of a surface with the sun where it stands, in the place of the lamp whose light is baked into them. */
export function litBy(row, azimuth, altitude) {
  const facing = normalOf(row);
  const [baked, now] = [lightOn(facing, LAMPS), lightOn(facing, [[azimuth, altitude, LAMPS[0][2]], LAMPS[1]])];
  return row.c.map((value, place) => (place % 4 < 3 ? Math.min(255, Math.round((value * now[place % 4]) / baked[place % 4])) : value));
}

/** The moment nearest to a time of the clock; noon where nobody asked for one. */
export function nearest(moments, clock) {
  const minutes = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
  const wanted = minutes(clock ?? '12:00');
  let best = -1;
  moments.forEach(([, time], place) => {
    if (best < 0 || Math.abs(minutes(time) - wanted) < Math.abs(minutes(moments[best][1]) - wanted)) best = place;
  });
  return best;
}

export class Sun {
  constructor(scene) {
    this.scene = scene;
    this.isOn = false;
    this.moments = [];
    this.place = -1; // the moment that is chosen
    this.shown = null; // the minute that is drawn
    this.kept = new Map(); // address of a moment -> promise of its rows as text
    this.rows = null; // what is drawn, for every picture
    this.element = element('section', { class: 'sun', role: 'group' });
  }

  // --------------------------------------------------------------------------------------------------------- what arrives
  update(data, labels) {
    const said = data.sun ?? null;
    this.element.hidden = !said;
    if (!said) return;
    const before = this.said;
    this.said = said;
    this.labels = labels;
    const words = JSON.stringify([labels, said.days, data.language]);
    if (words !== this.words) {
      this.words = words;
      this.furnish();
    }
    if (!before && said.chosen) {
      this.day = said.chosen.day;
      this.clock = said.chosen.time;
      this.switch(true);
    } else if (this.isOn && before && before.names.join() !== said.names.join()) {
      this.clear(); // what is drawn is the shade of other plans
      this.show();
    }
  }

  furnish() {
    const { labels, said } = this;
    const hadFocus = this.element.contains(this.scene.root.activeElement) ? this.scene.root.activeElement.dataset.action : null;
    this.element.setAttribute('aria-label', labels.sun);
    this.day ??= said.days[0].day;
    this.button = element('button', { type: 'button', class: 'sun-switch', 'data-action': 'sun', 'aria-pressed': String(this.isOn), onclick: () => this.switch(!this.isOn) },
      element('span', { class: 'sun-mark', 'aria-hidden': 'true' }), labels.sun);
    const day = ({ day: name, text }) => element('button', { type: 'button', class: 'place day', 'data-action': `day-${name}`, 'data-day': name, onclick: () => this.goToDay(name) }, text);
    this.own = element('input', { type: 'date', class: 'own-day', 'data-action': 'own-day', 'aria-label': labels.sun_other_day, min: '1950-01-01', max: '2100-12-31', onchange: (event) => { if (event.target.value) this.goToDay(event.target.value); } });
    this.days = element('div', { class: 'days', role: 'group', 'aria-label': labels.sun_day }, ...said.days.map(day), this.own);
    this.hours = element('div', { class: 'days usual', role: 'group', 'aria-label': labels.sun_usual });
    this.slider = element('input', { type: 'range', class: 'time', min: 0, max: 0, step: 1, 'data-action': 'time', 'aria-label': labels.sun_time,
      oninput: () => { this.stop(); this.choose(Number(this.slider.value)); } });
    this.playing = element('button', { type: 'button', class: 'place play', 'data-action': 'play', onclick: () => (this.isPlaying ? this.stop() : this.play()) });
    this.time = element('output', { class: 'clock' });
    this.text = element('p', { class: 'sun-said' });
    this.waiting = element('span', { class: 'sun-waiting', role: 'status', hidden: true });
    const key = (name) => element('li', {}, swatch({ fill: said.colours[name], shape: 'ground' }), labels[`shade_${name}`]);
    this.key = element('ul', { class: 'shade-key' }, key('stays'), key('comes'), key('goes'));
    this.controls = element('div', { class: 'sun-controls' }, this.days, this.hours,
      element('div', { class: 'hours' }, this.playing, this.slider, this.time, this.waiting),
      this.text, this.key, element('p', { class: 'sun-note' }, labels.sun_note));
    this.element.replaceChildren(this.button, this.controls);
    this.showControls();
    if (hadFocus) this.element.querySelector(`[data-action="${CSS.escape(hadFocus)}"]`)?.focus();
  }

  // ------------------------------------------------------------------------------------------------------ what is chosen
  switch(isOn) {
    this.isOn = isOn;
    this.stop();
    this.showControls();
    if (isOn && !this.moments.length) this.goToDay(this.day);
    else this.show();
    if (!isOn) this.tell();
  }

  async goToDay(day) {
    this.stop();
    this.day = day;
    [this.moments, this.place, this.rises] = [[], -1, undefined];
    this.clear(); // what is drawn is the shade of another day
    this.showControls();
    try {
      const answer = await fetch(this.address(`${this.said.names[0]}/on/${day}`));
      if (!answer.ok) throw new Error(`day: ${answer.status}`);
      const found = await answer.json();
      if (this.day !== day) return;
      this.moments = found.moments;
      [this.rises, this.sets] = [found.rises, found.sets];
      this.place = nearest(this.moments, this.clock);
      this.show();
    } catch (error) {
      this.failed(error);
    }
  }

  choose(place) {
    if (place < 0 || place >= this.moments.length) return;
    this.place = place;
    this.clock = this.moments[place][1];
    this.show();
  }

  async play() {
    if (!this.moments.length) return;
    this.isPlaying = true;
    this.showControls();
    if (this.place >= this.moments.length - 1) this.place = -1;
    while (this.isPlaying && this.place < this.moments.length - 1) {
      const pause = new Promise((done) => { setTimeout(done, PLAY_PAUSE); });
      this.choose(this.place + 1);
      this.ask(this.place + 1); // the next one is computed while this one is looked at
      await Promise.all([pause, this.showing]); // eslint-disable-line no-await-in-loop
    }
    this.stop();
  }

  stop() {
    if (!this.isPlaying) return;
    this.isPlaying = false;
    this.showControls();
    this.tell();
  }

  // ---------------------------------------------------------------------------------------------------------- what is drawn
  /** Draws the chosen moment; when another is chosen meanwhile, that one instead. */
  show() {
    this.showControls();
    this.showing = this.draw();
    clearTimeout(this.telling);
    if (this.isOn && !this.isPlaying) this.telling = setTimeout(() => this.tell(), TOLD_AFTER);
    return this.showing;
  }

  async draw() {
    const moment = this.isOn ? this.moments[this.place] : null;
    const mine = (this.newest = {}); // a later one may be of the same minute, for other plans
    if (!moment) {
      this.clear();
      return;
    }
    const slow = setTimeout(() => { this.waiting.hidden = false; this.waiting.textContent = this.labels.sun_computing; }, SAID_AFTER);
    try {
      const found = await Promise.all(this.ask(this.place));
      if (this.newest !== mine) return;
      this.rows = found.map((text) => untouched(JSON.parse(text))); // the renderer may miss rows that it fetches itself while it draws anew
      this.light = moment.slice(3, 5); // how high the sun stands, and where
      this.scene.repaint();
      [this.shown] = moment;
      this.scene.host.dataset.shade = this.shown;
      this.waiting.hidden = true;
    } catch (error) {
      if (this.newest === mine) this.failed(error);
    } finally {
      clearTimeout(slow);
    }
  }

  /** No shade: better than that of another moment, or of other plans, than the words beside it say. */
  clear() {
    this.newest = null;
    this.shown = null;
    delete this.scene.host.dataset.shade;
    if (!this.rows) return;
    this.rows = this.light = null;
    this.scene.repaint();
  }

  /** Promises of the shade at one moment, one for every picture. */
  ask(place) {
    const moment = this.moments[place];
    if (!moment) return [];
    return this.said.names.map((name) => {
      const address = this.address(`${name}/at/${moment[0]}`);
      if (!this.kept.has(address)) {
        const asked = fetch(address).then(async (answer) => {
          if (!answer.ok) throw new Error(`shade: ${answer.status}`);
          return answer.text();
        });
        asked.catch(() => this.kept.delete(address));
        this.kept.set(address, asked);
        this.forgetOldest();
      }
      return this.kept.get(address);
    });
  }

  forgetOldest() {
    for (const address of this.kept.keys()) if (this.kept.size > MOST_KEPT) this.kept.delete(address);
  }

  /** The layers of a picture with the shade of the moment in them, and faces that are darker the more they turn from the sun. */
  inLayers(layers, place) {
    const data = this.isOn ? this.rows?.[place] ?? [] : [];
    const [altitude, azimuth] = (this.isOn && this.light) || [];
    const colours = azimuth === undefined ? {} : { getFillColor: (row) => litBy(row, azimuth, altitude) };
    const lit = { ...colours, updateTriggers: { getFillColor: azimuth === undefined ? 'as baked' : `${altitude} ${azimuth}` } };
    return layers.map((layer) => (layer.id === LAYER ? { ...layer, data } : LIT.test(layer.id) ? { ...layer, ...lit } : layer));
  }

  address(rest) {
    return new URL(`${this.said.route}/${rest}`, document.baseURI).href;
  }

  failed(error) {
    console.error('wijktwin shade:', error);
    this.stop();
    this.clear();
    this.waiting.hidden = false;
    this.waiting.textContent = this.labels.sun_failed;
  }

  // ------------------------------------------------------------------------------------------------------------ what is said
  /** Day and time of the shade that is drawn, in words; null without shade. */
  inWords() {
    const moment = this.isOn && this.shown !== null ? this.moments.find(([minute]) => minute === this.shown) : null;
    if (!moment) return null;
    const day = new Intl.DateTimeFormat(this.scene.data.language, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(`${this.day}T12:00:00Z`));
    return { day, time: `${moment[1]} (${moment[2] ? this.labels.sun_summer : this.labels.sun_winter})` };
  }

  showControls() {
    if (!this.controls) return;
    const { labels, moments, place } = this;
    this.button.setAttribute('aria-pressed', String(this.isOn));
    this.controls.hidden = !this.isOn;
    for (const day of this.days.querySelectorAll('[data-day]')) day.setAttribute('aria-pressed', String(day.dataset.day === this.day));
    if (this.own.value !== this.day) this.own.value = this.day;
    this.playing.textContent = this.isPlaying ? labels.sun_stop : labels.sun_play;
    this.playing.disabled = this.slider.disabled = !moments.length;
    this.slider.max = Math.max(moments.length - 1, 0);
    this.showHours();
    const moment = moments[place];
    this.scene.compass?.sun(this.isOn && moment ? moment[4] : null);
    this.scene.host.dataset.sun = this.isOn && moment && moment[3] < LOW ? 'low' : '';
    if (!moment) {
      this.time.textContent = '';
      this.text.textContent = this.isOn && this.rises === null ? labels.sun_never : '';
      return;
    }
    const [, clock, isSummer, altitude, azimuth] = moment;
    if (Number(this.slider.value) !== place) this.slider.value = place;
    const shadow = 10 / Math.tan((altitude * Math.PI) / 180);
    const number = (value) => new Intl.NumberFormat(this.scene.data.language, { maximumFractionDigits: 0 }).format(value);
    const directions = labels.directions.split('|');
    const said = labels.sun_said
      .replace('%altitude%', number(altitude))
      .replace('%direction%', directions[Math.round(azimuth / 45) % 8])
      .replace('%length%', number(shadow));
    this.time.textContent = `${clock} (${isSummer ? labels.sun_summer : labels.sun_winter})`;
    this.slider.setAttribute('aria-valuetext', `${this.time.textContent}. ${said}`);
    const low = altitude < 5 ? ` ${labels.sun_low}` : '';
    this.text.textContent = `${labels.sun_day_said.replace('%rises%', this.rises).replace('%sets%', this.sets)} ${said}${low}`;
  }

  /** The hours at which shadow studies usually show this day. */
  showHours() {
    const hours = this.said.days.find(({ day }) => day === this.day)?.hours ?? [];
    const chosen = this.moments[this.place]?.[1];
    const words = JSON.stringify([this.day, hours, chosen, this.labels.sun_oclock]);
    if (words === this.hoursSaid) return;
    this.hoursSaid = words;
    const hadFocus = this.hours.contains(this.scene.root.activeElement) ? this.scene.root.activeElement.dataset.action : null;
    this.hours.replaceChildren(...hours.map((hour) => {
      const time = `${String(hour).padStart(2, '0')}:00`;
      const goThere = () => { this.stop(); this.clock = time; this.choose(nearest(this.moments, time)); };
      return element('button', { type: 'button', class: 'place', 'data-action': `hour-${hour}`, 'aria-pressed': String(chosen === time), onclick: goThere }, this.labels.sun_oclock.replace('%hour%', hour));
    }));
    if (hadFocus) this.hours.querySelector(`[data-action="${CSS.escape(hadFocus)}"]`)?.focus();
  }

  /** The page keeps the moment in its address. */
  tell() {
    clearTimeout(this.telling);
    const told = this.isOn && this.moments[this.place] ? `${this.day}T${this.moments[this.place][1]}` : '';
    if (told === (this.told ?? '')) return;
    this.told = told;
    this.scene.component.setStateValue('moment', told);
  }

  leave() {
    this.stop();
    clearTimeout(this.telling);
    this.kept.clear();
  }
}
