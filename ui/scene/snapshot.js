// The picture as PNG: every pixel of the scene as it stands, with what it shows, whose data, the sun, north and scale around it.

import { lengthText, scaleBar } from './camera.js';
import { element, NEEDLE } from './controls.js';

const FONT = 'system-ui, sans-serif';
const LETTERS = 15; // in pixels of the screen, as all sizes here
const LINE = 1.45;
const MARGIN = 14;
const GAP = 4;
const ARROW = 56;
const INK = '#1c2a30';
const SAND = '#fff3cc';
const SAND_LINE = '#8a6100';
const SKY = { '': [[0, '#dee8f0'], [0.62, '#f6f4ef']], low: [[0, '#d5e0ec'], [0.46, '#f7e3c8'], [0.7, '#f6f0e6']] }; // by the sun, as scene.css draws it behind the picture

/** Saves what is in the picture; both pictures beside each other where there are two. */
export async function save(scene) {
  try {
    const address = URL.createObjectURL(await made(scene));
    element('a', { href: address, download: name(scene.data.place) }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60000);
  } catch (error) {
    console.error('wijktwin picture:', error);
    say(scene, scene.labels.saving_failed);
  }
}

/** Puts the same picture on the clipboard; a browser that does not let us is told of, and so is who asked. */
export async function copy(scene) {
  try {
    if (!navigator.clipboard?.write || !globalThis.ClipboardItem) throw new Error('this browser gives no clipboard here');
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': made(scene) })]); // a promise: some browsers forget the click while it is made
    scene.tell(scene.labels.picture_copied);
  } catch (error) {
    console.warn('wijktwin picture:', error);
    say(scene, scene.labels.copying_failed);
  }
}

/** The picture as a file. */
async function made(scene) {
  if (!scene.panes.length) throw new Error('nothing is drawn');
  const blob = await new Promise((done) => { drawn(scene).toBlob(done, 'image/png'); });
  if (!blob) throw new Error('no picture came');
  return blob;
}

function say(scene, words) {
  scene.spoken.textContent = words;
  scene.status.hidden = false;
  scene.status.textContent = words;
}

/** wijktwin-<place>-<date>.png, in plain letters. */
function name(place) {
  const plain = place.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 40);
  const now = new Date();
  const date = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
  return ['wijktwin', plain, date].filter(Boolean).join('-') + '.png';
}

/** A canvas with the pictures, a strip with their titles above and a strip with the rest below. */
export function drawn(scene) {
  const { data, labels, panes, walk } = scene;
  const view = scene.shown();
  panes.forEach((pane) => pane.deck.setProps({ viewState: view }));
  const ratio = panes[0].canvas.width / panes[0].canvas.clientWidth;
  const size = LETTERS * ratio;
  const width = panes.reduce((sum, { canvas }) => sum + canvas.width, GAP * ratio * (panes.length - 1));
  const height = Math.max(...panes.map(({ canvas }) => canvas.height));
  const canvas = element('canvas', {});
  const pen = canvas.getContext('2d');
  const lines = (text, room, weight = 400) => wrapped(pen, text, room, `${weight} ${size}px ${FONT}`);
  const margin = MARGIN * ratio;
  const titles = panes.map((pane, place) => lines(data.names[place] || '', pane.canvas.width - 2 * margin, 700));
  const banner = data.banner ? lines(data.banner, width - 3 * margin) : [];
  const left = 2 * margin + (ARROW + 170) * ratio;
  const notes = [sun(scene), (walk.isOn ? walk.inWords(labels.picture_walk) : labels.picture_made).replace('%date%', today(data.language)),
    labels.picture_sources.replace('%sources%', data.sources.map(({ text }) => text).join(' · '))]
    .filter(Boolean).flatMap((text) => lines(text, width - left - margin));
  const row = size * LINE;
  const bannerHeight = banner.length ? banner.length * row + margin : 0;
  const top = Math.round(bannerHeight + Math.max(...titles.map((title) => title.length)) * row + margin);
  const bottom = Math.round(Math.max(notes.length * row, ARROW * ratio + row) + 2 * margin);
  [canvas.width, canvas.height] = [Math.round(width), top + height + bottom];
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  if (banner.length) {
    pen.fillStyle = SAND;
    pen.fillRect(0, 0, canvas.width, bannerHeight);
    pen.fillStyle = SAND_LINE;
    pen.fillRect(0, 0, 5 * ratio, bannerHeight);
    write(pen, banner, margin, margin / 2, row, `600 ${size}px ${FONT}`);
  }
  let across = 0;
  panes.forEach((pane, place) => {
    write(pen, titles[place], across + margin, bannerHeight + margin / 2, row, `700 ${size}px ${FONT}`);
    picture(pen, pane, across, top, SKY[scene.host.dataset.sun ?? ''] ?? SKY['']);
    across += pane.canvas.width + GAP * ratio;
  });
  const below = top + height + margin;
  north(pen, margin, below, ARROW * ratio, view.bearing, labels.north_letter);
  if (!walk.isOn) scale(pen, scene, 2 * margin + ARROW * ratio, below + (ARROW * ratio) / 2, ratio, size);
  write(pen, notes, left, below, row, `400 ${size}px ${FONT}`);
  return canvas;
}

/** One picture as it stands on the screen, over the sky; it is drawn again first, because the browser forgets it. */
function picture(pen, { deck, canvas }, x, y, stops) {
  const sky = pen.createLinearGradient(0, y, 0, y + canvas.height);
  stops.forEach(([at, colour]) => sky.addColorStop(at, colour));
  pen.fillStyle = sky;
  pen.fillRect(x, y, canvas.width, canvas.height);
  deck.redraw('asked for');
  pen.drawImage(canvas, x, y);
}

/** The needle of the screen's north arrow, turned as the picture is. */
function north(pen, x, y, size, bearing, letter) {
  pen.save();
  pen.translate(x + size / 2, y + size / 2);
  pen.rotate((-bearing * Math.PI) / 180);
  pen.scale(size / 40, size / 40);
  pen.translate(-20, -20);
  for (const [path, colour] of [[NEEDLE[0], '#b23a2c'], [NEEDLE[1], '#8c979c']]) {
    pen.fillStyle = colour;
    pen.fill(new Path2D(path));
  }
  pen.fillStyle = INK;
  pen.font = `700 9px ${FONT}`;
  pen.textAlign = 'center';
  pen.textBaseline = 'alphabetic';
  pen.fillText(letter, 20, 6.4);
  pen.restore();
}

function scale(pen, scene, x, y, ratio, size) {
  const { metres, pixels } = scaleBar(scene.view, 140);
  pen.strokeStyle = INK;
  pen.lineWidth = 2 * ratio;
  pen.beginPath();
  pen.moveTo(x, y - 6 * ratio);
  pen.lineTo(x, y);
  pen.lineTo(x + pixels * ratio, y);
  pen.lineTo(x + pixels * ratio, y - 6 * ratio);
  pen.stroke();
  write(pen, [lengthText(metres, scene.data.language)], x, y + 4 * ratio, size, `400 ${size}px ${FONT}`);
}

/** The day and the time of the sun, in words; "" without shade. */
function sun(scene) {
  const said = scene.sun.inWords();
  return said ? scene.labels.picture_sun.replace('%day%', said.day).replace('%time%', said.time) : '';
}

function today(language) {
  return new Intl.DateTimeFormat(language, { dateStyle: 'long' }).format(new Date());
}

function wrapped(pen, text, room, font) {
  pen.font = font;
  const found = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const longer = found.length ? `${found.at(-1)} ${word}` : word;
    if (found.length && pen.measureText(longer).width <= room) found[found.length - 1] = longer;
    else found.push(word);
  }
  return found;
}

function write(pen, lines, x, y, row, font) {
  pen.fillStyle = INK;
  pen.font = font;
  pen.textAlign = 'left';
  pen.textBaseline = 'top';
  lines.forEach((line, place) => pen.fillText(line, x, y + place * row));
}
