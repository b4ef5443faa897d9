// Moving the camera: where it flies, what the keys do.

import { between, limited, moved } from './camera.js';

const FLIGHT = 600; // how long a camera flies, in milliseconds
const STEP = 60; // how far an arrow key moves, in pixels
export const TURN = 15; // degrees
export const TILT = 10; // degrees

export class Moving {
  constructor(scene) {
    this.scene = scene;
    this.flight = 0;
    this.aim = null; // where a flight ends
  }

  go(change) {
    const { scene } = this;
    if (scene.view) this.flyTo(limited({ ...(this.aim ?? scene.view), ...change }, scene.data.limits));
  }

  flyTo(target) {
    const { scene } = this;
    this.stop();
    scene.walk.leave();
    if (!scene.view || matchMedia('(prefers-reduced-motion: reduce)').matches) {
      scene.see(target);
      return;
    }
    const from = scene.view;
    const began = performance.now();
    this.aim = target;
    const fly = (now) => {
      const share = Math.min((now - began) / FLIGHT, 1);
      scene.see(share < 1 ? between(from, target, 1 - (1 - share) ** 3) : target);
      if (share < 1 && !scene.isGone) this.flight = requestAnimationFrame(fly);
      else this.aim = null;
    };
    this.flight = requestAnimationFrame(fly);
  }

  stop() {
    cancelAnimationFrame(this.flight);
    this.aim = null;
  }

  keyed(event) {
    const { scene } = this;
    if (event.ctrlKey || event.metaKey || event.altKey || !scene.view) return;
    if (event.key === 'Enter') scene.pointing.atCentre();
    else if (scene.walk.isOn ? !scene.walk.keyed(event) : !this.fly(event)) return;
    event.preventDefault();
  }

  /** A key that moves the camera; false for one that does not. */
  fly(event) {
    const { scene } = this;
    const view = this.aim ?? scene.view;
    const actions = {
      ArrowLeft: () => (event.shiftKey ? { bearing: view.bearing - TURN } : moved(view, -STEP, 0)),
      ArrowRight: () => (event.shiftKey ? { bearing: view.bearing + TURN } : moved(view, STEP, 0)),
      ArrowUp: () => (event.shiftKey ? { pitch: view.pitch + TILT } : moved(view, 0, STEP)),
      ArrowDown: () => (event.shiftKey ? { pitch: view.pitch - TILT } : moved(view, 0, -STEP)),
      '+': () => ({ zoom: view.zoom + 0.5 }),
      '=': () => ({ zoom: view.zoom + 0.5 }),
      '-': () => ({ zoom: view.zoom - 0.5 }),
      Home: () => scene.fitted(scene.data.views[scene.data.first]),
    };
    if (!actions[event.key]) return false;
    this.go(actions[event.key]());
    return true;
  }
}
