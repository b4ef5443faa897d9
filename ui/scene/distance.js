// What is a few pixels high is drawn simpler: nobody sees the difference, and the picture comes sooner. Who walks sees more lines.

import { scaleOf } from './camera.js';

const FAR = 0.8; // a tree is simpler where a metre in the middle of the picture is fewer pixels of the screen than this
const NEAR = 1; // and has all its leaves again where it is more than this
const REST = 150; // how long the camera stands still before that is looked at, in milliseconds

export class Distance {
  constructor(scene) {
    this.scene = scene;
    this.isFar = false;
    this.isAtEyeLevel = false;
    this.waiting = null; // for the camera to come to rest
  }

  /** Looks again once the camera stands still. */
  later() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      this.waiting = null;
      if (!this.scene.isGone && this.look()) this.scene.repaint();
    }, REST);
  }

  /** Whether anything is drawn otherwise than before. */
  look() {
    const before = [this.isFar, this.isAtEyeLevel];
    this.isAtEyeLevel = this.scene.walk.isOn;
    const pixels = this.isAtEyeLevel ? Infinity : scaleOf(this.scene.view) * Math.max(globalThis.devicePixelRatio || 1, 1);
    this.isFar = pixels < (this.isFar ? NEAR : FAR);
    return before[0] !== this.isFar || before[1] !== this.isAtEyeLevel;
  }

  /** The layers of a picture with the models that fit the distance, and at eye level with those that are only for there. */
  inLayers(layers) {
    return layers.flatMap(({ farScenegraph, eyeScenegraph, ...layer }) => [
      farScenegraph && this.isFar ? { ...layer, scenegraph: farScenegraph } : layer,
      ...(eyeScenegraph && this.isAtEyeLevel ? [{ ...layer, id: `${layer.id}/eye`, scenegraph: eyeScenegraph }] : []),
    ]);
  }

  leave() {
    clearTimeout(this.waiting);
  }
}
