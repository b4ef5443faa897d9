// What a benchmark asks of a page: press a switch, and tell when the picture that belongs to it has been drawn.
// The same eyes for every way of drawing: pixels of the largest canvas. Our own scene has to say that it is ready as well.
(() => {
  const [WIDE, HIGH] = [320, 200]; // the picture is looked at in this size
  const EVERY = 25; // milliseconds
  const NEAR = 0.05; // as a share of what two pictures differ
  const copy = Object.assign(document.createElement('canvas'), { width: WIDE, height: HIGH });
  const paper = copy.getContext('2d', { willReadFrequently: true });
  const pictures = {};
  let found = null;

  const roots = function* (root) {
    yield root;
    for (const each of root.querySelectorAll('*')) if (each.shadowRoot) yield* roots(each.shadowRoot);
  };
  const area = (canvas) => canvas.clientWidth * canvas.clientHeight;
  const canvas = () => {
    if (!found?.isConnected) found = [...roots(document)].flatMap((root) => [...root.querySelectorAll('canvas')]).sort((a, b) => area(b) - area(a))[0];
    return found;
  };
  const look = () => {
    paper.clearRect(0, 0, WIDE, HIGH);
    if (canvas()) paper.drawImage(canvas(), 0, 0, WIDE, HIGH);
    return paper.getImageData(0, 0, WIDE, HIGH).data;
  };
  const difference = (one, other) => one.reduce((sum, value, place) => sum + Math.abs(value - other[place]), 0);
  const isBlank = (picture) => picture.every((value) => value === 0);
  const isReady = () => !globalThis.wijktwinScene || globalThis.wijktwinScene.state() === 'ready';
  const isRunning = () => !document.querySelector('[data-testid="stApp"][data-test-script-state="notRunning"]');
  const key = () => globalThis.wijktwinScene?.key() ?? null;
  const later = () => new Promise((go) => { setTimeout(() => requestAnimationFrame(go), EVERY); });
  const control = (selector, place) => document.querySelectorAll(selector)[place];

  globalThis.watching = {
    /** Waits for a switch to be there, nothing running, and a picture that has stood still for some milliseconds; false when it takes too long. */
    async still(selector, place, milliseconds, longest) {
      const began = performance.now();
      let [before, since] = [look(), performance.now()];
      while (performance.now() - began < longest) {
        await later();
        const now = look();
        const isQuiet = control(selector, place) && isReady() && !isRunning() && !isBlank(now) && difference(now, before) === 0;
        if (!isQuiet) [before, since] = [now, performance.now()];
        else if (performance.now() - since >= milliseconds) return true;
      }
      return false;
    },
    press: (selector, place) => control(selector, place).click(),
    /** Waits until something has begun: the picture differs from the one that was seen last, or some milliseconds have gone by. */
    async changed(milliseconds) {
      const before = look();
      const began = performance.now();
      while (performance.now() - began < milliseconds && difference(look(), before) === 0) await later();
    },
    remember(name) { pictures[name] = look(); },
    /** How much two remembered pictures differ, and how far what is seen now is from the one that should be there, as a share of that. */
    apart: (one, other) => difference(pictures[one], pictures[other]),
    off(name, other) { return difference(look(), pictures[name]) / difference(pictures[name], pictures[other]); },
    /** Presses, and tells after how many milliseconds the remembered picture was there; null when it takes too long. */
    async pressed(selector, place, name, other, longest) {
      const before = key();
      const near = NEAR * difference(pictures[name], pictures[other]);
      const began = performance.now();
      control(selector, place).click();
      while (performance.now() - began < longest) {
        await later();
        if (isReady() && (before === null || key() !== before) && difference(look(), pictures[name]) <= near) return performance.now() - began;
      }
      return null;
    },
  };
})();
