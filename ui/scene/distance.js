// What is a few pixels high is drawn simpler: nobody sees the difference, and the picture comes sooner.

import { scaleOf } from './camera.js';

const FAR = 0.8; // a tree is simpler where a metre in the middle of the picture is fewer pixels of the screen than this
const NEAR = 1; // and has all its leaves again where it is more than this
const REST = 150; // how long the camera stands still before that is looked at, in milliseconds

export class Distance {
  constructor(scene) {
    this.scene = scene;
    this.isFar = false;
    this.waiting = null; // for the camera to come to rest
  }

  /** Looks again once the camera stands still. */
  later() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      this.waiting = null;
      const before = this.isFar;
      if (!this.scene.isGone && this.look() !== before) this.scene.repaint();
    }, REST);
  }

  look() {
    const pixels = this.scene.walk.isOn ? Infinity : scaleOf(this.scene.view) * Math.max(globalThis.devicePixelRatio || 1, 1);
    this.isFar = pixels < (this.isFar ? NEAR : FAR);
    return this.isFar;
  }

  /** The layers of a picture with the models that fit the distance. */
  inLayers(layers) {
    return layers.map(({ farScenegraph, ...layer }) => (farScenegraph && this.isFar ? { ...layer, scenegraph: farScenegraph } : layer));
  }

  leave() {
    clearTimeout(this.waiting);
  }
}
