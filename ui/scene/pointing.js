// Pointing: what is under the pointer, what was clicked, and along which line of sight.

import { fetchedOnce } from './ahead.js';
import { eyeHeight } from './camera.js';
import { element } from './controls.js';

const CLICK_REACH = 6; // a press that moves further is a drag, in pixels

export class Pointing {
  static RADIUS = 3; // how near to a thing still points at it, in pixels

  constructor(scene) {
    this.scene = scene;
  }

  pane(place) {
    return this.scene.panes[place ?? this.scene.front];
  }

  /** What is drawn in a place of a picture, and where on the reference ground that is. */
  at(x, y, place) {
    const found = this.pane(place)?.deck.pickObject({ x, y, radius: 0 });
    return found?.layer ? { layer: found.layer.id, index: found.index, lnglat: found.coordinate ?? null } : null;
  }

  /** The key Enter does what a click in the middle does. */
  atCentre() {
    const pane = this.pane();
    if (pane) this.press(pane, pane.canvas.clientWidth / 2, pane.canvas.clientHeight / 2);
  }

  /** A press and a release in one place is a click, however long the picture took in between: deck.gl's own clicks have a time limit. */
  listen(container, pane) {
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
      this.press(pane, event.clientX - left, event.clientY - top);
    }, true);
  }

  press(pane, x, y) {
    const found = pane.deck.pickObject({ x, y, radius: Pointing.RADIUS });
    const layer = found?.layer?.id ?? null;
    const index = found?.index ?? -1;
    if (layer && index >= 0) {
      pane.chosen = { layer, index };
      this.scene.repaintPane(pane);
    }
    this.tell({ layer, index, sight: this.sight(pane, x, y), pane: pane.place });
  }

  /** Two places on the line of sight through a pixel: below all ground, and above it or at the eye. */
  sight(pane, x, y) {
    const viewport = pane.deck.getViewports()[0];
    const [low, high] = this.scene.data.limits.ground;
    const { walk } = this.scene;
    if (walk.isOn) return walk.sight((depth) => viewport.unproject([x, y, depth]), low);
    const top = Math.min(high, eyeHeight(this.scene.view, viewport.height));
    if (top <= low) return null;
    return [low, top].map((height) => viewport.unproject([x, y], { targetZ: height }));
  }

  tell(event) {
    this.scene.component.setTriggerValue('picked', { ...event, camera: this.scene.view ? this.scene.camera() : null });
  }

  async hovered(info, { holder }) {
    const { tip, stage } = this.scene;
    const layer = info.layer?.id;
    const here = (this.hovering = layer && info.index >= 0 ? `${layer}#${info.index}` : null);
    if (!here) {
      tip.hidden = true;
      return;
    }
    const lines = (await this.tipTable(layer))?.[info.index];
    if (here !== this.hovering) return;
    tip.hidden = !lines?.length;
    if (!lines?.length) return;
    tip.replaceChildren(element('strong', {}, lines[0]), ...lines.slice(1).map((line) => element('span', {}, line)));
    tip.style.left = `${Math.min(holder.offsetLeft + info.x + 14, stage.clientWidth - tip.offsetWidth - 6)}px`;
    tip.style.top = `${Math.min(holder.offsetTop + info.y + 14, stage.clientHeight - tip.offsetHeight - 6)}px`;
  }

  /** Short texts by number for one layer: in the message itself, or fetched once. */
  async tipTable(layer) {
    const { tips } = this.scene.data;
    const table = tips[layer] ?? tips[layer.split('/')[0]];
    return typeof table === 'string' ? fetchedOnce(table) : table;
  }
}
