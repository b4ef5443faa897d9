// The scene: draws pydeck decks with the renderer that pydeck brings, keeps one camera over every rerun, and tells what is pointed at.

import { Ahead } from './ahead.js';
import { fit, limited, lengthText, scaleBar } from './camera.js';
import { element, iconButton, legend, northArrow, scaleLine, sources } from './controls.js';
import { Distance } from './distance.js';
import { FlatPlan } from './flat.js';
import { handle } from './handle.js';
import { InView } from './in_view.js';
import { Kept } from './kept.js';
import { Link } from './link.js';
import { Moving, TILT, TURN } from './moving.js';
import { Names } from './names.js';
import { unpacked } from './packing.js';
import { Painting } from './painting.js';
import { Pointing } from './pointing.js';
import { copy, save } from './snapshot.js';
import { Standing } from './standing.js';
import { Sun } from './sun.js';
import { Surroundings } from './surroundings.js';
import { SIDES, Walk } from './walk.js';

const SETTLED = 500; // how long a camera stands still before it is told

const cameras = new Map(); // the camera of every scene, by key: it outlives whatever a rerun does to the page
const flights = new Map(); // the last flight that was asked for, by the same key
const narrow = matchMedia('(max-width: 640px)'); // there one picture is shown at a time
const scenes = new WeakMap();
let renderer = null;

/** pydeck's own renderer, loaded once; whatever else on this page uses deck.gl keeps its own (see ui/scene/assets.py). */
function loadRenderer(address) {
  renderer ??= (async () => {
    await import(new URL(address, document.baseURI).href);
    if (typeof globalThis.createDeck !== 'function') throw new Error('the renderer brought no createDeck');
    return { createDeck: globalThis.createDeck, updateDeck: globalThis.updateDeck };
  })();
  renderer.catch(() => { renderer = null; });
  return renderer;
}

function canDraw() {
  try {
    const context = document.createElement('canvas').getContext('webgl2');
    context?.getExtension('WEBGL_lose_context')?.loseContext();
    return Boolean(context);
  } catch {
    return false;
  }
}

class Scene {
  constructor(root, style) {
    this.root = root;
    this.style = element('link', { rel: 'stylesheet', href: new URL(style, document.baseURI).href });
    [this.panes, this.states, this.fault] = [[], [], null];
    this.front = 0; // which picture is shown where there is room for one
    this.pointing = new Pointing(this);
    this.flat = new FlatPlan(this);
    this.link = new Link(this);
    this.names = new Names(this);
    this.around = new Surroundings(this);
    this.moving = new Moving(this);
    this.distance = new Distance(this);
    this.walk = new Walk(this);
    this.inView = new InView(this);
    this.ahead = new Ahead();
    this.host = element('section', { class: 'scene', 'data-scene-state': 'loading' });
    this.sun = new Sun(this);
    this.root.append(this.style, this.host);
    this.resized = new ResizeObserver(() => (this.choice && this.isNarrow !== narrow.matches ? this.furnish() : this.showFront()));
    this.resized.observe(this.host);
  }

  // ------------------------------------------------------------------------------------------------------------ what arrives
  update(component, { words: said, table }) {
    const data = this.names.inData(unpacked(component.data, table));
    const before = this.data;
    this.data = data;
    this.component = component;
    this.labels = data.labels = { ...said, ...data.labels };
    this.host.lang = data.language;
    this.host.style.setProperty('--scene-height', `${data.height}px`);
    const isNewFlight = Boolean(data.target) && (before ? before.target?.key : flights.get(data.cameraKey)) !== data.target.key;
    const start = isNewFlight && flights.has(data.cameraKey) ? data.target.camera : null; // asked for while no picture was there
    flights.set(data.cameraKey, data.target?.key ?? flights.get(data.cameraKey) ?? null);
    if (!this.view) {
      const [opened, walker] = [this.link.opened(), this.link.walker()];
      this.first = start;
      this.startFrom(start ? null : opened ?? cameras.get(data.cameraKey) ?? null, start ? null : walker ?? this.walk.kept());
    }
    const words = JSON.stringify([data.labels, data.legend, data.sources, data.banner, data.alt, data.alts, data.titles, Object.keys(data.views), !data.streetViews]);
    if (words !== this.words) {
      this.words = words;
      this.furnish();
    }
    this.sun.update(data, data.labels);
    if (before && isNewFlight) this.flyTo(this.fitted(data.target.camera));
    if (before && JSON.stringify(before.plans) !== JSON.stringify(data.plans)) this.plansChanged();
    this.draw();
    globalThis.wijktwinScene = handle(this);
    globalThis.wijktwinScenes = { ...globalThis.wijktwinScenes, [data.key]: globalThis.wijktwinScene };
  }

  /** Everything around the picture, made anew when a word or a language changes; the pictures themselves stay. */
  furnish() {
    const { data, labels } = this;
    const hadFocus = this.root.activeElement?.dataset?.action;
    const wasOpen = this.host.querySelector('details.legend')?.open;
    this.stage ??= this.makeStage();
    this.stage.setAttribute('aria-label', labels.stage);
    this.status ??= element('div', { class: 'status', role: 'status' });
    this.tip ??= element('div', { class: 'tip', 'aria-hidden': 'true', hidden: true });
    this.plan = this.flat.element;
    this.help = element('p', { class: 'for-readers', id: 'scene-help' }, labels.keyboard_help);
    this.described = element('p', { class: 'for-readers', id: 'scene-description' }, data.alt);
    this.compass = northArrow(labels.north, labels.north_letter, () => (this.walk.isOn ? this.walk.face(0) : this.go({ bearing: 0 })));
    this.scale = scaleLine(labels.scale);
    this.spoken ??= element('div', { class: 'for-readers', role: 'status', 'aria-live': 'polite' });
    const act = (name, action) => iconButton(name, labels[name], action);
    const tools = element('div', { class: 'tools', role: 'group', 'aria-label': labels.tools },
      this.compass.button,
      act('zoom_in', () => this.go({ zoom: this.view.zoom + 0.7 })), act('zoom_out', () => this.go({ zoom: this.view.zoom - 0.7 })),
      act('turn_left', () => this.go({ bearing: this.view.bearing + TURN })), act('turn_right', () => this.go({ bearing: this.view.bearing - TURN })),
      act('tilt_up', () => this.go({ pitch: this.view.pitch + TILT })), act('tilt_down', () => this.go({ pitch: this.view.pitch - TILT })),
      act('save_picture', () => save(this)), act('copy_picture', () => copy(this)),
      document.fullscreenEnabled ? act('fullscreen', () => this.fillScreen()) : null);
    const pad = this.walk.furnish();
    const place = (name) => element('button', {
      type: 'button', class: 'place', 'data-action': `view-${name}`, 'aria-label': labels[`view_${name}`],
      onclick: () => this.flyTo(this.fitted(this.data.views[name])),
    }, labels[`from_${name}`] ?? labels[`view_${name}`]);
    const offered = ['whole', 'plan', 'above'].filter((name) => name in data.views);
    const places = element('div', { class: 'places', role: 'group', 'aria-label': labels.views }, ...offered.map(place), this.walk.button,
      element('span', { class: 'from', 'aria-hidden': 'true' }, labels.from), ...SIDES.map(place), ...this.walk.sides());
    const picture = element('div', { class: 'picture' }, this.stage, this.plan, this.tip, tools, this.scale.element, pad, this.status);
    if (data.banner) picture.append(element('p', { class: 'banner' }, data.banner));
    this.choice = element('div', { class: 'pane-switch', role: 'group', 'aria-label': labels.switch, hidden: data.titles.length < 2 },
      ...data.titles.map((title, place) => element('button', { type: 'button', class: 'place', 'data-action': `pane-${place}`, onclick: () => this.showFront(place) }, title)));
    const key = data.legend.length ? legend(labels.legend, data.legend, wasOpen ?? !narrow.matches) : null;
    const below = element('div', { class: 'below' }, key, sources(data.sources));
    this.isNarrow = narrow.matches;
    const [first, then] = this.isNarrow ? [picture, places] : [places, picture]; // on a phone the picture comes before what turns it
    this.host.replaceChildren(this.choice, first, then, this.walk.note, this.inView.element, this.sun.element, below, this.help, this.described, this.spoken);
    if (hadFocus) this.host.querySelector(`[data-action="${CSS.escape(hadFocus)}"]`)?.focus();
    this.panes.forEach((pane, place) => this.nameCanvas(pane, place));
    this.showView();
    this.showFront();
    this.inView.later();
  }

  /** On a small screen, or where only a map can be shown, one of two pictures at a time. */
  showFront(front = this.front) {
    if (!this.choice) return;
    this.front = front < this.data.decks.length ? front : 0;
    for (const [place, button] of [...this.choice.children].entries()) button.setAttribute('aria-pressed', String(place === this.front));
    this.panes.forEach((pane, place) => {
      pane.holder.classList.toggle('front', place === this.front);
      if (this.view) pane.deck.setProps({ viewState: this.shown() });
    });
    if (!this.plan.hidden) this.flat.show();
    this.showScale();
  }

  isAlone() {
    return narrow.matches || this.panes.length < 2;
  }

  startFrom(view, walker) {
    this.view = view;
    this.walker = walker;
    if (view) cameras.set(this.data.cameraKey, view);
  }

  makeStage() {
    const stage = element('div', { class: 'stage', tabindex: '0', role: 'group', 'aria-describedby': 'scene-help scene-description', 'data-action': 'stage' });
    stage.addEventListener('keydown', (event) => this.moving.keyed(event));
    stage.addEventListener('keyup', (event) => this.walk.keyUp(event));
    stage.addEventListener('blur', () => this.walk.letGo());
    stage.addEventListener('pointerleave', () => { this.tip.hidden = true; });
    return stage;
  }

  // -------------------------------------------------------------------------------------------------------------- drawing
  async draw() {
    const { data } = this;
    const key = data.deckKey;
    if (this.wantedKey === key && !this.fault) return;
    this.wantedKey = key;
    this.fault = null;
    this.host.dataset.sceneKey = key;
    this.setState('loading');
    let library;
    let decks;
    try {
      library = this.library = await loadRenderer(data.renderer);
      await this.names.load();
      decks = await this.ahead.inDecks(data.decks, this.panes.map((pane) => pane.json));
    } catch (error) {
      this.fail(error);
      return;
    }
    if (this.isGone || this.data.deckKey !== key) return;
    if (!this.panes.length && !canDraw()) {
      this.showPlan('no_webgl');
      return;
    }
    try {
      if (this.panes.length !== data.decks.length) this.makePanes(library, decks);
      else this.panes.forEach((pane, place) => this.updatePane(library, pane, decks[place]));
    } catch (error) {
      this.fail(error);
    }
  }

  makePanes(library, decks) {
    this.dropPanes();
    const { data } = this;
    this.stage.replaceChildren();
    this.stage.dataset.panes = data.decks.length;
    this.states = data.decks.map(() => 'loading');
    for (let place = 0; place < data.decks.length; place += 1) {
      const holder = element('div', { class: 'pane' });
      if (data.titles[place]) holder.append(element('p', { class: 'pane-title', 'aria-hidden': 'true' }, data.titles[place]));
      this.stage.append(holder);
    }
    this.view ??= this.fitted(this.first ?? data.views[data.first]);
    this.link.write();
    this.distance.look();
    [...this.stage.children].forEach((holder, place) => this.panes.push(this.makePane(library, holder, decks[place], place)));
    this.showView();
    this.showFront();
  }

  makePane(library, holder, json, place) {
    const pane = { holder, place, json, painting: new Painting(), kept: new Kept() };
    const container = element('div', { class: 'drawing' }); // deck.gl puts things beside what it is given: not in our layout
    holder.append(element('div', { class: 'frame' }, container));
    const views = json.views.map((view) => ({ ...view, controller: { ...view.controller, keyboard: false } })); // keys are ours
    pane.deck = library.createDeck({ container, jsonInput: { ...json, layers: this.layersOf(json, pane), views, initialViewState: this.shown() }, tooltip: null });
    if (!pane.deck) throw new Error('the renderer made no deck');
    pane.standing = new Standing(pane.deck, this.distance);
    pane.deck.setProps({
      viewState: this.shown(),
      useDevicePixels: Math.min(globalThis.devicePixelRatio || 1, 2),
      pickingRadius: Pointing.RADIUS,
      getCursor: ({ isDragging, isHovering }) => (isDragging ? 'grabbing' : isHovering ? 'pointer' : 'grab'),
      onViewStateChange: ({ viewState, interactionState }) => {
        if (this.walk.isOn) return; // hands turn the head (walk.js)
        const isHand = Boolean(interactionState && Object.values(interactionState).some(Boolean));
        if (isHand) {
          this.moving.stop();
          pane.painting.hurry();
        }
        this.see(limited(viewState, this.data.limits), isHand);
      },
      onHover: (info) => this.pointing.hovered(info, pane),
      _customRender: (reason) => { if (pane.painting.isTime(reason, pane.deck.props.layers, () => pane.deck.redraw('whole'))) pane.standing.paint(reason, pane.wasReady); },
      onBeforeRender: () => { pane.isWhole = pane.deck?.props.layers.every((layer) => !layer || layer.isLoaded); },
      onAfterRender: () => { if (!pane.standing.isHalfway) this.rendered(pane); },
      onError: (error) => this.fail(error),
    });
    const canvas = (pane.canvas = [...container.querySelectorAll('canvas')].at(-1));
    canvas?.addEventListener('webglcontextlost', (event) => { event.preventDefault(); this.lost(); });
    canvas?.addEventListener('webglcontextrestored', () => this.restored());
    this.pointing.listen(container, pane);
    this.walk.listen(container);
    this.nameCanvas(pane, place);
    return pane;
  }

  nameCanvas(pane, place) {
    const title = this.data.titles[place];
    pane.canvas?.setAttribute('role', 'img');
    const seen = this.data.alts[place] || this.data.alt;
    pane.canvas?.setAttribute('aria-label', title ? `${title}: ${seen}` : seen);
    const shown = pane.holder.querySelector('.pane-title');
    if (shown && title) shown.textContent = title;
  }

  updatePane(library, pane, json) {
    const hasOtherLight = JSON.stringify(json.effects) !== JSON.stringify(pane.json.effects);
    pane.json = json;
    this.states[pane.place] = 'loading';
    const { initialViewState, views, controller, effects, ...rest } = this.withSelection(json, pane);
    if (pane.wasReady) pane.painting.begin(pane.kept.isNew);
    library.updateDeck(hasOtherLight ? { ...rest, effects: effects ?? [] } : rest, pane.deck); // the same effects twice are two
    pane.deck.setProps({ viewState: this.shown() });
  }

  /** The layers of a picture with what the browser knows better, and unseen ones behind them. */
  layersOf(json, pane) {
    return pane.kept.behind(this.distance.inLayers(this.sun.inLayers(json.layers, pane.place)));
  }

  /** What was clicked lights up at once; the next deck from the server says the same, or takes it away. */
  withSelection(json, pane) {
    const chosen = pane.chosen;
    pane.chosen = null;
    const shown = this.layersOf(json, pane);
    if (!chosen) return { ...json, layers: shown };
    const layers = shown.map((layer) => {
      const { highlightedObjectIndex, ...rest } = layer;
      const colours = this.data.chosenColours;
      const highlightColor = colours[layer.id.split('/')[0]] ?? colours[''];
      return layer.id === chosen.layer ? { ...rest, highlightedObjectIndex: chosen.index, highlightColor } : rest;
    });
    return { ...json, layers };
  }

  /** Draws the same decks again with what the browser itself puts in them. */
  repaint() {
    loadRenderer(this.data.renderer).then(() => {
      if (this.isGone) return;
      this.panes.forEach((pane) => this.repaintPane(pane));
    });
  }

  repaintPane(pane) {
    this.library.updateDeck({ layers: this.withSelection(pane.json, pane).layers }, pane.deck);
  }

  rendered(pane) {
    if (pane.canvas?.tabIndex === 0) pane.canvas.tabIndex = -1; // deck.gl makes it a stop of its own: the stage is the stop
    if (this.states[pane.place] === 'ready' || this.host.dataset.sceneState === 'failed') return;
    const layers = pane.deck.props.layers.filter(Boolean);
    const loaded = layers.filter((layer) => layer.isLoaded).length;
    if (loaded < layers.length) {
      this.status.textContent = this.labels.loading_part.replace('%done%', loaded).replace('%total%', layers.length);
      return;
    }
    if (this.states[pane.place] === 'loading') {
      this.states[pane.place] = 'loaded';
      const isOther = this.names.show(pane);
      if (!pane.wasReady || !pane.isWhole) pane.deck.redraw('all loaded'); // the renderer may still have been making its programs
      if (!pane.wasReady || isOther || !pane.isWhole) return;
    }
    pane.wasReady = true;
    this.states[pane.place] = 'ready';
    if (!this.states.every((state) => state === 'ready')) return;
    this.setState('ready');
    this.begin();
  }

  setState(state) {
    this.host.dataset.sceneState = state;
    this.status.hidden = state === 'ready';
    this.status.dataset.state = state;
    if (state === 'loading') this.status.textContent = this.labels.loading;
    if (state === 'ready') {
      this.plan.hidden = true;
      this.stage.hidden = false;
    }
  }

  // ------------------------------------------------------------------------------------------------------ when it goes wrong
  fail(error) {
    if (this.isGone || this.fault) return;
    this.fault = error;
    console.error('wijktwin scene:', error);
    this.setState('failed');
    this.offerFlat(this.labels.failed);
    if (!this.toldFault) {
      this.toldFault = true;
      this.component.setTriggerValue('fault', { state: 'failed', reason: String(error?.message ?? error).slice(0, 200) });
    }
  }

  retry() {
    [this.fault, this.toldFault, this.wantedKey] = [null, false, ''];
    this.dropPanes();
    [this.plan.hidden, this.stage.hidden] = [true, false];
    this.draw();
  }

  lost() {
    if (this.isGone) return;
    this.isLost = true;
    this.showPlan('lost');
  }

  restored() {
    if (this.isGone || !this.isLost) return;
    this.isLost = false;
    this.retry();
  }

  /** The same, drawn flat from straight above, with one sentence that says why. */
  showPlan(reason) {
    this.setState('no-webgl');
    this.offerFlat(this.labels[reason]);
  }

  offerFlat(words) {
    const again = element('button', { type: 'button', class: 'again', onclick: () => this.retry() }, this.labels.retry);
    this.status.replaceChildren(element('span', {}, `${words} `), again);
    this.flat.show();
  }

  // ------------------------------------------------------------------------------------------------------------- the camera
  fitted(camera) {
    const { width, height } = this.stage.getBoundingClientRect();
    return fit(camera, narrow.matches ? width : width / Math.max(this.data.decks.length, 1), height, this.data.limits);
  }

  /** What deck.gl looks from: the camera, or the eyes of who walks. */
  shown() {
    return this.walk.isOn ? this.walk.view(this.stage.clientHeight) : this.view;
  }

  see(view, isAsked = true) {
    this.view = view;
    cameras.set(this.data.cameraKey, view);
    this.seen(isAsked);
  }

  /** Shows what is looked at now, and tells who wants to know. */
  seen(isAsked = true) {
    const isAlone = this.isAlone(); // a picture that is not seen follows when it is
    const viewState = this.shown();
    this.panes.forEach((pane, place) => { if (!isAlone || place === this.front) pane.deck.setProps({ viewState }); });
    this.showView();
    [this.names, this.distance, this.inView].forEach((part) => part.later());
    this.link.later(isAsked);
    clearTimeout(this.settling);
    if (this.data.readCamera) this.settling = setTimeout(() => this.component.setStateValue('camera', this.camera()), SETTLED);
  }

  showView() {
    if (!this.view) return;
    this.compass.point(this.shown().bearing);
    this.walk.showState();
    this.showScale();
  }

  showScale() {
    if (!this.view || !this.scale) return;
    const { metres, pixels } = scaleBar(this.view, Math.min(140, this.host.clientWidth / 3));
    this.scale.show(metres, pixels, lengthText(metres, this.data.language));
  }

  go(change) {
    this.moving.go(change);
  }

  flyTo(target) {
    this.moving.flyTo(target);
  }

  /** Says something to whoever cannot see the picture. */
  tell(words) {
    this.spoken.textContent = words;
  }

  async plansChanged() {
    await this.walk.plansChanged();
    this.inView.later();
  }

  /** The first time that everything is drawn: who walked when the page was left, or walks in the link, stands there again. */
  begin() {
    if (this.walker) this.walk.enter(this.walker, false);
    this.walker = null;
    [this.link, this.inView].forEach((part) => part.later());
  }

  camera() {
    const { longitude, latitude, zoom, pitch, bearing } = this.view;
    const bounds = this.panes[this.front]?.deck.getViewports()[0]?.getBounds() ?? null;
    return { longitude, latitude, zoom, pitch, bearing, bounds };
  }

  fillScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.host.requestFullscreen?.();
  }

  dropPanes() {
    this.panes.forEach((pane) => pane.deck.finalize());
    [this.panes, this.states] = [[], []];
  }

  leave() {
    this.isGone = true;
    [this.names, this.distance, this.link, this.sun, this.inView].forEach((part) => part.leave());
    this.moving.stop();
    this.walk.stop();
    clearTimeout(this.settling);
    this.resized.disconnect();
    this.dropPanes();
    this.host.remove();
    this.style.remove();
    if (globalThis.wijktwinScenes) delete globalThis.wijktwinScenes[this.data.key];
  }
}

/** Called by Streamlit for every rerun that brings something new, with the words of the visitor's language and what messages have in common. */
export function mount(component, known) {
  const root = component.parentElement;
  let scene = scenes.get(root);
  if (!scene || scene.isGone) {
    scene = new Scene(root, component.data.style);
    scenes.set(root, scene);
  }
  scene.update(component, known);
  return () => scene.leave();
}

