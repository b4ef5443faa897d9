// The scene: draws pydeck decks with the renderer that pydeck brings, keeps one camera over every rerun, and tells what is pointed at.

import { between, fit, limited, moved, scaleBar } from './camera.js';
import { element, iconButton, legend, northArrow, scaleLine, sources } from './controls.js';
import { Names } from './names.js';
import { Sun } from './sun.js';

const FLIGHT = 600; // how long a camera flies, in milliseconds
const SETTLED = 500; // how long a camera stands still before it is told
const STEP = 60; // how far an arrow key moves, in pixels
const TURN = 15; // degrees
const TILT = 10; // degrees
const PICKING_RADIUS = 3; // how near to a thing still points at it, in pixels
const CLICK_REACH = 6; // a press that moves further is a drag, in pixels

const cameras = new Map(); // the camera of every scene, by key: it outlives whatever a rerun does to the page
const tipTables = new Map();
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
    this.drawnKey = '';
    this.fault = null;
    this.flight = 0;
    this.names = new Names(this);
    this.host = element('section', { class: 'scene', 'data-scene-state': 'loading' });
    this.sun = new Sun(this);
    this.root.append(this.style, this.host);
    this.resized = new ResizeObserver(() => this.showScale());
    this.resized.observe(this.host);
  }

  // ------------------------------------------------------------------------------------------------------------ what arrives
  update(component) {
    const data = this.names.inData(component.data);
    const before = this.data;
    this.data = data;
    this.component = component;
    this.labels = data.labels;
    this.host.lang = data.language;
    this.host.style.setProperty('--scene-height', `${data.height}px`);
    this.view ??= cameras.get(data.key) ?? null;
    const words = JSON.stringify([data.labels, data.legend, data.sources, data.banner, data.alt, data.titles, Object.keys(data.views)]);
    if (words !== this.words) {
      this.words = words;
      this.furnish();
    }
    this.sun.update(data, data.labels);
    if (data.target && before && data.target.key !== before.target?.key) this.flyTo(this.fitted(data.target.camera));
    this.draw();
    globalThis.wijktwinScene = this.handle();
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
    this.plan ??= element('div', { class: 'plan-view', hidden: true });
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
    const below = element('div', { class: 'below' });
    if (data.legend.length) below.append(legend(labels.legend, data.legend, wasOpen ?? !matchMedia('(max-width: 640px)').matches));
    below.append(sources(data.sources));
    this.host.replaceChildren(places, picture, this.sun.element, below, this.help, this.described, this.spoken);
    if (hadFocus) this.host.querySelector(`[data-action="${CSS.escape(hadFocus)}"]`)?.focus();
    this.panes.forEach((pane, place) => this.nameCanvas(pane, place));
    this.showView();
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
    try {
      library = this.library = await loadRenderer(data.renderer);
      await this.names.load();
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
      else this.panes.forEach((pane, place) => this.updatePane(library, pane, data.decks[place]));
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
    [...this.stage.children].forEach((holder, place) => this.panes.push(this.makePane(library, holder, data.decks[place], place)));
    this.showView();
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
      pickingRadius: PICKING_RADIUS,
      getCursor: ({ isDragging, isHovering }) => (isDragging ? 'grabbing' : isHovering ? 'pointer' : 'grab'),
      onViewStateChange: ({ viewState, interactionState }) => {
        if (interactionState && Object.values(interactionState).some(Boolean)) cancelAnimationFrame(this.flight);
        this.see(limited(viewState, this.data.limits));
      },
      onHover: (info) => this.hovered(info, pane),
      onAfterRender: () => this.rendered(pane),
      onError: (error) => this.fail(error),
    });
    const canvas = [...container.querySelectorAll('canvas')].at(-1);
    pane.canvas = canvas;
    canvas?.addEventListener('webglcontextlost', (event) => { event.preventDefault(); this.lost(); });
    canvas?.addEventListener('webglcontextrestored', () => this.restored());
    this.listenForClicks(container, pane);
    this.nameCanvas(pane, place);
    return pane;
  }

  nameCanvas(pane, place) {
    const title = this.data.titles[place];
    pane.canvas?.setAttribute('role', 'img');
    pane.canvas?.setAttribute('aria-label', title ? `${title}: ${this.data.alt}` : this.data.alt);
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
    loadRenderer(this.data.renderer).then((library) => {
      if (this.isGone) return;
      this.panes.forEach((pane) => library.updateDeck({ layers: this.withSelection(pane.json, pane).layers }, pane.deck));
    });
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
      this.names.show(pane);
      pane.deck.redraw('all loaded');
      return;
    }
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
    const again = element('button', { type: 'button', class: 'again', onclick: () => this.retry() }, this.labels.retry);
    this.status.replaceChildren(element('span', {}, `${this.labels.failed} `), again);
    this.showPlanPicture();
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
    const again = element('button', { type: 'button', class: 'again', onclick: () => this.retry() }, this.labels.retry);
    this.status.replaceChildren(element('span', {}, `${this.labels[reason]} `), again);
    this.showPlanPicture();
  }

  async showPlanPicture() {
    const { planView } = this.data;
    this.stage.hidden = true;
    this.plan.hidden = false;
    if (!planView) return;
    try {
      if (this.planAddress !== planView) {
        const answer = await fetch(new URL(planView, document.baseURI));
        if (!answer.ok) throw new Error(`plan view: ${answer.status}`);
        const drawn = new DOMParser().parseFromString(await answer.text(), 'image/svg+xml').documentElement;
        this.plan.replaceChildren(document.importNode(drawn, true));
        this.planAddress = planView;
        this.plan.addEventListener('click', (event) => this.clickedPlan(event));
      }
      const picture = this.plan.querySelector('svg');
      picture.setAttribute('aria-label', this.data.alt);
      const active = new Set(this.data.plans);
      for (const part of picture.querySelectorAll('[data-plan]')) part.style.display = active.has(part.dataset.plan) ? '' : 'none';
      for (const part of picture.querySelectorAll('[data-taken-by]'))
        part.classList.toggle('goes', part.dataset.takenBy.split(' ').some((plan) => active.has(plan)));
    } catch (error) {
      console.error('wijktwin plan view:', error);
    }
  }

  clickedPlan(event) {
    const { layer, index } = event.target.closest?.('[data-layer]')?.dataset ?? {};
    if (layer) this.tell({ layer, index: Number(index), lnglat: null, pane: 0 });
  }

  // ------------------------------------------------------------------------------------------------------------- the camera
  fitted(camera) {
    const panes = Math.max(this.data.decks.length, 1);
    const { width, height } = this.stage.getBoundingClientRect();
    const isStacked = getComputedStyle(this.stage).flexDirection === 'column';
    return fit(camera, isStacked ? width : width / panes, isStacked ? height / panes : height, this.data.limits);
  }

  see(view) {
    this.view = view;
    cameras.set(this.data.key, view);
    this.panes.forEach((pane) => pane.deck.setProps({ viewState: view }));
    this.showView();
    this.names.later();
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
    const number = new Intl.NumberFormat(this.data.language).format(metres >= 1000 ? metres / 1000 : metres);
    this.scale.show(metres, pixels, `${number} ${metres >= 1000 ? 'km' : 'm'}`);
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
    const bounds = this.panes[0]?.deck.getViewports()[0]?.getBounds() ?? null;
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
    if (event.key === 'Enter') this.pickCentre();
    else if (actions[event.key]) this.go(actions[event.key]());
    else return;
    event.preventDefault();
  }

  fillScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.host.requestFullscreen?.();
  }

  // -------------------------------------------------------------------------------------------------------------- pointing
  pick(x, y, place = 0) {
    const found = this.panes[place]?.deck.pickObject({ x, y, radius: 0 });
    return found?.layer ? { layer: found.layer.id, index: found.index, lnglat: found.coordinate ?? null } : null;
  }

  pickCentre() {
    const pane = this.panes[0];
    if (!pane) return;
    const [x, y] = [pane.canvas.clientWidth / 2, pane.canvas.clientHeight / 2];
    const info = pane.deck.pickObject({ x, y, radius: 12 });
    this.clicked(info ?? { layer: null, index: -1, coordinate: [this.view.longitude, this.view.latitude] }, pane);
  }

  /** A press and a release in one place is a click, however long the picture took in between: deck.gl's own clicks have a time limit. */
  listenForClicks(container, pane) {
    let press = null;
    let fingers = 0;
    container.addEventListener('pointerdown', (event) => {
      fingers = event.isPrimary ? 1 : fingers + 1;
      press = fingers === 1 && event.button === 0 ? { x: event.clientX, y: event.clientY } : null;
    }, true);
    container.addEventListener('pointercancel', () => { press = null; }, true);
    container.addEventListener('pointerup', (event) => {
      const began = press;
      press = null;
      if (!began || Math.hypot(event.clientX - began.x, event.clientY - began.y) > CLICK_REACH) return;
      const { left, top } = pane.canvas.getBoundingClientRect();
      const [x, y] = [event.clientX - left, event.clientY - top];
      const found = pane.deck.pickObject({ x, y, radius: PICKING_RADIUS });
      this.clicked(found ?? { layer: null, index: -1, coordinate: pane.deck.getViewports()[0].unproject([x, y]) }, pane);
    }, true);
  }

  clicked(info, pane) {
    const layer = info.layer?.id ?? null;
    if (layer && info.index >= 0) {
      pane.chosen = { layer, index: info.index };
      const { layers } = this.withSelection(pane.json, pane);
      loadRenderer(this.data.renderer).then((library) => { if (!this.isGone) library.updateDeck({ layers }, pane.deck); });
    }
    this.tell({ layer, index: info.index ?? -1, lnglat: info.coordinate ?? null, pane: pane.place });
  }

  tell(event) {
    const plain = { ...event, lnglat: event.lnglat ? [event.lnglat[0], event.lnglat[1]] : null };
    this.component.setTriggerValue('picked', { ...plain, camera: this.view ? this.camera() : null });
  }

  async hovered(info, { holder }) {
    const layer = info.layer?.id;
    const here = (this.hovering = layer && info.index >= 0 ? `${layer}#${info.index}` : null);
    if (!here) {
      this.tip.hidden = true;
      return;
    }
    const lines = (await this.tipTable(layer))?.[info.index];
    if (here !== this.hovering) return;
    this.tip.hidden = !lines?.length;
    if (!lines?.length) return;
    this.tip.replaceChildren(element('strong', {}, lines[0]), ...lines.slice(1).map((line) => element('span', {}, line)));
    const { clientWidth, clientHeight } = this.stage;
    this.tip.style.left = `${Math.min(holder.offsetLeft + info.x + 14, clientWidth - this.tip.offsetWidth - 6)}px`;
    this.tip.style.top = `${Math.min(holder.offsetTop + info.y + 14, clientHeight - this.tip.offsetHeight - 6)}px`;
  }

  /** Short texts by number for one layer: in the message itself, or fetched once. */
  async tipTable(layer) {
    const table = this.data.tips[layer] ?? this.data.tips[layer.split('/')[0]];
    if (typeof table !== 'string') return table;
    if (!tipTables.has(table)) tipTables.set(table, fetch(new URL(table, document.baseURI)).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null));
    return tipTables.get(table);
  }

  // ------------------------------------------------------------------------------------------------------------- for tests
  /** What a test, or a curious person, can ask the scene. */
  handle() {
    const pane = (place) => this.panes[place ?? 0];
    return {
      state: () => this.host.dataset.sceneState,
      key: () => this.host.dataset.sceneKey,
      camera: () => this.camera(),
      setCamera: (view) => this.see(limited({ ...this.view, ...view }, this.data.limits)),
      shade: () => ({ minute: this.sun.shown, isDrawn: this.panes.every(({ deck }) => deck.props.layers.filter((layer) => layer?.id === 'shade').every((layer) => layer.isLoaded)) }),
      shadeRows: (place) => pane(place).deck.props.layers.find((layer) => layer?.id === 'shade')?.props.data ?? [],
      layers: (place) => pane(place).deck.props.layers.map((layer) => layer.id),
      names: (place) => pane(place).names?.map((row) => row.n) ?? [],
      pick: (x, y, place) => this.pick(x, y, place),
      project: (position, place) => pane(place).deck.getViewports()[0].project(position),
      size: (place) => [pane(place).canvas.clientWidth, pane(place).canvas.clientHeight],
      toDataURL: (place) => {
        pane(place).deck.redraw('asked for');
        return pane(place).canvas.toDataURL('image/png');
      },
      pixel: (x, y, place) => this.pixel(x, y, pane(place)),
      loseContext: (place) => pane(place).canvas.getContext('webgl2').getExtension('WEBGL_lose_context'),
    };
  }

  pixel(x, y, { deck, canvas }) {
    deck.redraw('asked for');
    const copy = document.createElement('canvas');
    [copy.width, copy.height] = [1, 1];
    const context = copy.getContext('2d');
    const [wide, high] = [canvas.width / canvas.clientWidth, canvas.height / canvas.clientHeight];
    context.drawImage(canvas, Math.round(x * wide), Math.round(y * high), 1, 1, 0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
  }

  dropPanes() {
    this.panes.forEach((pane) => pane.deck.finalize());
    this.panes = [];
    this.states = [];
  }

  leave() {
    this.isGone = true;
    this.names.leave();
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

