// The scene: draws pydeck decks with the renderer that pydeck brings, keeps one camera over every rerun, and tells what is pointed at.

import { Ahead } from './ahead.js';
import { between, fit, limited, lengthText, moved, scaleBar } from './camera.js';
import { element, iconButton, legend, northArrow, scaleLine, sources } from './controls.js';
import { FlatPlan } from './flat.js';
import { handle } from './handle.js';
import { Link } from './link.js';
import { Names } from './names.js';
import { unpacked } from './packing.js';
import { Pointing } from './pointing.js';
import { save } from './snapshot.js';
import { Sun } from './sun.js';

const FLIGHT = 600; // how long a camera flies, in milliseconds
const SETTLED = 500; // how long a camera stands still before it is told
const STEP = 60; // how far an arrow key moves, in pixels
const TURN = 15; // degrees
const TILT = 10; // degrees

const cameras = new Map(); // the camera of every scene, by key: it outlives whatever a rerun does to the page
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
    this.panes = [];
    this.states = [];
    this.fault = null;
    this.flight = 0;
    this.front = 0; // which picture is shown where there is room for one
    this.pointing = new Pointing(this);
    this.flat = new FlatPlan(this);
    this.link = new Link(this);
    this.names = new Names(this);
    this.ahead = new Ahead();
    this.host = element('section', { class: 'scene', 'data-scene-state': 'loading' });
    this.sun = new Sun(this);
    this.root.append(this.style, this.host);
    this.resized = new ResizeObserver(() => this.showFront());
    this.resized.observe(this.host);
  }

  // ------------------------------------------------------------------------------------------------------------ what arrives
  update(component) {
    const data = this.names.inData(unpacked(component.data));
    const before = this.data;
    this.data = data;
    this.component = component;
    this.labels = data.labels;
    this.host.lang = data.language;
    this.host.style.setProperty('--scene-height', `${data.height}px`);
    if (!this.view) this.startFrom(this.link.opened() ?? cameras.get(data.cameraKey) ?? null);
    const words = JSON.stringify([data.labels, data.legend, data.sources, data.banner, data.alt, data.alts, data.titles, Object.keys(data.views)]);
    if (words !== this.words) {
      this.words = words;
      this.furnish();
    }
    this.sun.update(data, data.labels);
    if (data.target && before && data.target.key !== before.target?.key) this.flyTo(this.fitted(data.target.camera));
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
    this.compass = northArrow(labels.north, labels.north_letter, () => this.go({ bearing: 0 }));
    this.scale = scaleLine(labels.scale);
    this.spoken ??= element('div', { class: 'for-readers', role: 'status', 'aria-live': 'polite' });
    const act = (name, action) => iconButton(name, labels[name], action);
    const tools = element('div', { class: 'tools', role: 'group', 'aria-label': labels.tools },
      this.compass.button,
      act('zoom_in', () => this.go({ zoom: this.view.zoom + 0.7 })), act('zoom_out', () => this.go({ zoom: this.view.zoom - 0.7 })),
      act('turn_left', () => this.go({ bearing: this.view.bearing + TURN })), act('turn_right', () => this.go({ bearing: this.view.bearing - TURN })),
      act('tilt_up', () => this.go({ pitch: this.view.pitch + TILT })), act('tilt_down', () => this.go({ pitch: this.view.pitch - TILT })),
      act('save_picture', () => save(this)),
      document.fullscreenEnabled ? act('fullscreen', () => this.fillScreen()) : null);
    const place = (name) => element('button', {
      type: 'button', class: 'place', 'data-action': `view-${name}`, 'aria-label': labels[`view_${name}`],
      onclick: () => this.flyTo(this.fitted(this.data.views[name])),
    }, labels[`from_${name}`] ?? labels[`view_${name}`]);
    const offered = ['whole', 'plan', 'above'].filter((name) => name in data.views);
    const places = element('div', { class: 'places', role: 'group', 'aria-label': labels.views }, ...offered.map(place),
      element('span', { class: 'from', 'aria-hidden': 'true' }, labels.from), ...['north', 'east', 'south', 'west'].map(place));
    const picture = element('div', { class: 'picture' }, this.stage, this.plan, this.tip, tools, this.scale.element, this.status);
    if (data.banner) picture.append(element('p', { class: 'banner' }, data.banner));
    this.choice = element('div', { class: 'pane-switch', role: 'group', 'aria-label': labels.switch, hidden: data.titles.length < 2 },
      ...data.titles.map((title, place) => element('button', { type: 'button', class: 'place', 'data-action': `pane-${place}`, onclick: () => this.showFront(place) }, title)));
    const below = element('div', { class: 'below' });
    if (data.legend.length) below.append(legend(labels.legend, data.legend, wasOpen ?? !narrow.matches));
    below.append(sources(data.sources));
    this.host.replaceChildren(places, this.choice, picture, this.sun.element, below, this.help, this.described, this.spoken);
    if (hadFocus) this.host.querySelector(`[data-action="${CSS.escape(hadFocus)}"]`)?.focus();
    this.panes.forEach((pane, place) => this.nameCanvas(pane, place));
    this.showView();
    this.showFront();
  }

  /** On a small screen, or where only a map can be shown, one of two pictures at a time. */
  showFront(front = this.front) {
    if (!this.choice) return;
    this.front = front < this.data.decks.length ? front : 0;
    for (const [place, button] of [...this.choice.children].entries()) button.setAttribute('aria-pressed', String(place === this.front));
    this.panes.forEach((pane, place) => {
      pane.holder.classList.toggle('front', place === this.front);
      if (this.view) pane.deck.setProps({ viewState: this.view });
    });
    if (!this.plan.hidden) this.flat.show();
    this.showScale();
  }

  isAlone() {
    return narrow.matches || this.panes.length < 2;
  }

  startFrom(view) {
    this.view = view;
    if (view) cameras.set(this.data.cameraKey, view);
  }

  makeStage() {
    const stage = element('div', { class: 'stage', tabindex: '0', role: 'group', 'aria-describedby': 'scene-help scene-description', 'data-action': 'stage' });
    stage.addEventListener('keydown', (event) => this.keyed(event));
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
      if (this.panes.length !== data.decks.length) this.makePanes(library);
      else this.panes.forEach((pane, place) => this.updatePane(library, pane, decks[place]));
    } catch (error) {
      this.fail(error);
    }
  }

  makePanes(library) {
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
    this.view ??= this.fitted(data.views[data.first]);
    this.link.write();
    [...this.stage.children].forEach((holder, place) => this.panes.push(this.makePane(library, holder, data.decks[place], place)));
    this.showView();
    this.showFront();
  }

  makePane(library, holder, json, place) {
    const pane = { holder, place, json };
    const container = element('div', { class: 'drawing' }); // deck.gl puts things beside what it is given: not in our layout
    holder.append(element('div', { class: 'frame' }, container));
    const views = json.views.map((view) => ({ ...view, controller: { ...view.controller, keyboard: false } })); // keys are ours
    pane.deck = library.createDeck({ container, jsonInput: { ...json, layers: this.sun.inLayers(json.layers, place), views, initialViewState: this.view }, tooltip: null });
    if (!pane.deck) throw new Error('the renderer made no deck');
    pane.deck.setProps({
      viewState: this.view,
      useDevicePixels: Math.min(globalThis.devicePixelRatio || 1, 2),
      pickingRadius: Pointing.RADIUS,
      getCursor: ({ isDragging, isHovering }) => (isDragging ? 'grabbing' : isHovering ? 'pointer' : 'grab'),
      onViewStateChange: ({ viewState, interactionState }) => {
        const isHand = Boolean(interactionState && Object.values(interactionState).some(Boolean));
        if (isHand) cancelAnimationFrame(this.flight);
        this.see(limited(viewState, this.data.limits), isHand);
      },
      onHover: (info) => this.pointing.hovered(info, pane),
      onBeforeRender: () => { pane.isWhole = pane.deck?.props.layers.every((layer) => !layer || layer.isLoaded); },
      onAfterRender: () => this.rendered(pane),
      onError: (error) => this.fail(error),
    });
    const canvas = [...container.querySelectorAll('canvas')].at(-1);
    pane.canvas = canvas;
    canvas?.addEventListener('webglcontextlost', (event) => { event.preventDefault(); this.lost(); });
    canvas?.addEventListener('webglcontextrestored', () => this.restored());
    this.pointing.listen(container, pane);
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
    library.updateDeck(hasOtherLight ? { ...rest, effects: effects ?? [] } : rest, pane.deck); // the same effects twice are two
    pane.deck.setProps({ viewState: this.view });
  }

  /** What was clicked lights up at once; the next deck from the server says the same, or takes it away. */
  withSelection(json, pane) {
    const chosen = pane.chosen;
    pane.chosen = null;
    const shaded = this.sun.inLayers(json.layers, pane.place);
    if (!chosen) return { ...json, layers: shaded };
    const layers = shaded.map((layer) => {
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
    if (this.states.every((state) => state === 'ready')) this.setState('ready');
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
    this.fault = null;
    this.toldFault = false;
    this.wantedKey = '';
    this.dropPanes();
    this.plan.hidden = true;
    this.stage.hidden = false;
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

  see(view, isAsked = true) {
    this.view = view;
    cameras.set(this.data.cameraKey, view);
    const isAlone = this.isAlone(); // a picture that is not seen follows when it is
    this.panes.forEach((pane, place) => { if (!isAlone || place === this.front) pane.deck.setProps({ viewState: view }); });
    this.showView();
    this.names.later();
    this.link.later(isAsked);
    clearTimeout(this.settling);
    if (this.data.readCamera) this.settling = setTimeout(() => this.component.setStateValue('camera', this.camera()), SETTLED);
  }

  showView() {
    if (!this.view) return;
    this.compass.point(this.view.bearing);
    this.showScale();
  }

  showScale() {
    if (!this.view || !this.scale) return;
    const { metres, pixels } = scaleBar(this.view, Math.min(140, this.host.clientWidth / 3));
    this.scale.show(metres, pixels, lengthText(metres, this.data.language));
  }

  go(change) {
    if (this.view) this.flyTo(limited({ ...(this.aim ?? this.view), ...change }, this.data.limits));
  }

  flyTo(target) {
    cancelAnimationFrame(this.flight);
    if (!this.view || matchMedia('(prefers-reduced-motion: reduce)').matches) {
      this.see(target);
      this.say(target);
      return;
    }
    const from = this.view;
    const began = performance.now();
    this.aim = target;
    const fly = (now) => {
      const share = Math.min((now - began) / FLIGHT, 1);
      this.see(share < 1 ? between(from, target, 1 - (1 - share) ** 3) : target);
      if (share < 1 && !this.isGone) this.flight = requestAnimationFrame(fly);
      else {
        this.aim = null;
        this.say(target);
      }
    };
    this.flight = requestAnimationFrame(fly);
  }

  /** Says where one looks, to whoever cannot see it. */
  say(view) {
    const words = this.labels.directions.split('|');
    this.spoken.textContent = this.labels.looking.replace('%direction%', words[Math.round(((view.bearing + 360) % 360) / 45) % 8]);
  }

  camera() {
    const { longitude, latitude, zoom, pitch, bearing } = this.view;
    const bounds = this.panes[this.front]?.deck.getViewports()[0]?.getBounds() ?? null;
    return { longitude, latitude, zoom, pitch, bearing, bounds };
  }

  keyed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.view) return;
    const view = this.aim ?? this.view;
    const actions = {
      ArrowLeft: () => (event.shiftKey ? { bearing: view.bearing - TURN } : moved(view, -STEP, 0)),
      ArrowRight: () => (event.shiftKey ? { bearing: view.bearing + TURN } : moved(view, STEP, 0)),
      ArrowUp: () => (event.shiftKey ? { pitch: view.pitch + TILT } : moved(view, 0, STEP)),
      ArrowDown: () => (event.shiftKey ? { pitch: view.pitch - TILT } : moved(view, 0, -STEP)),
      '+': () => ({ zoom: view.zoom + 0.5 }),
      '=': () => ({ zoom: view.zoom + 0.5 }),
      '-': () => ({ zoom: view.zoom - 0.5 }),
      Home: () => this.fitted(this.data.views[this.data.first]),
    };
    if (event.key === 'Enter') this.pointing.atCentre();
    else if (actions[event.key]) this.go(actions[event.key]());
    else return;
    event.preventDefault();
  }

  fillScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.host.requestFullscreen?.();
  }

  dropPanes() {
    this.panes.forEach((pane) => pane.deck.finalize());
    this.panes = [];
    this.states = [];
  }

  leave() {
    this.isGone = true;
    this.names.leave();
    this.link.leave();
    this.sun.leave();
    cancelAnimationFrame(this.flight);
    clearTimeout(this.settling);
    this.resized.disconnect();
    this.dropPanes();
    this.host.remove();
    this.style.remove();
    if (globalThis.wijktwinScenes) delete globalThis.wijktwinScenes[this.data.key];
  }
}

/** Called by Streamlit for every rerun that brings something new. */
export function mount(component) {
  const root = component.parentElement;
  let scene = scenes.get(root);
  if (!scene || scene.isGone) {
    scene = new Scene(root, component.data.style);
    scenes.set(root, scene);
  }
  scene.update(component);
  return () => scene.leave();
}

