// What lies over and under the picture: buttons, north arrow, scale bar, legend, sources. Plain elements with names.

const SVG = 'http://www.w3.org/2000/svg';

const ICONS = {
  zoom_in: 'M12 5v14M5 12h14',
  zoom_out: 'M5 12h14',
  turn_left: 'M5 5v5h5M5.6 10a7.5 7.5 0 1 1-.6 5',
  turn_right: 'M19 5v5h-5M18.4 10a7.5 7.5 0 1 0 .6 5',
  tilt_up: 'M6 14l6-6 6 6M6 19h12',
  tilt_down: 'M6 10l6 6 6-6M6 5h12',
  save_picture: 'M12 4v11M7 10.5l5 5 5-5M5 20h14',
  copy_picture: 'M9 9h11v11H9zM15 9V4H4v11h5',
  walk_forward: 'M12 19V6M6 11.5l6-6 6 6',
  walk_back: 'M12 5v13M6 12.5l6 6 6-6',
  walk_left: 'M19 12H6M11.5 6l-6 6 6 6',
  walk_right: 'M5 12h13M12.5 6l6 6-6 6',
  walk_turn_left: 'M5 5v5h5M5.6 10a7.5 7.5 0 1 1-.6 5',
  walk_turn_right: 'M19 5v5h-5M18.4 10a7.5 7.5 0 1 0 .6 5',
  walk_up: 'M3 14c4.5-6 13.5-6 18 0M9 6l3-3 3 3',
  walk_down: 'M3 10c4.5 6 13.5 6 18 0M9 18l3 3 3-3',
  fullscreen: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
};

/** An element with attributes and children; text is always set as text, never as HTML. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? '' : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

function drawing(name, attributes, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function icon(name) {
  const path = drawing('path', { d: ICONS[name], fill: 'none', stroke: 'currentColor', 'stroke-width': 2, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' });
  return drawing('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true', focusable: 'false' }, path);
}

export function iconButton(name, label, action) {
  return element('button', { type: 'button', class: 'icon', title: label, 'aria-label': label, 'data-action': name, onclick: action }, icon(name));
}

/** The two halves of a needle in a square of 40, the one to the north first. */
export const NEEDLE = ['M20 7 L25.5 21 L20 18.4 L14.5 21 Z', 'M20 33 L25.5 21 L20 23.2 L14.5 21 Z'];

/** The arrow that keeps pointing north, with the sun on its rim when it is known; pressing it turns north up. */
export function northArrow(label, letter, action) {
  const needle = drawing('g', { class: 'needle' },
    drawing('path', { d: NEEDLE[0], class: 'north' }),
    drawing('path', { d: NEEDLE[1], class: 'south' }));
  const text = drawing('text', { x: 20, y: 6.4, 'text-anchor': 'middle', class: 'letter' });
  text.textContent = letter;
  const sun = drawing('g', { class: 'sun-place', visibility: 'hidden' }, drawing('circle', { cx: 20, cy: 1.5, r: 4.2 }));
  needle.append(text, sun);
  const picture = drawing('svg', { viewBox: '0 -2 40 42', 'aria-hidden': 'true', focusable: 'false' }, needle);
  const button = element('button', { type: 'button', class: 'icon compass', title: label, 'aria-label': label, 'data-action': 'north', onclick: action }, picture);
  return {
    button,
    point: (bearing) => needle.setAttribute('transform', `rotate(${(-bearing).toFixed(1)} 20 20)`),
    sun: (azimuth) => {
      sun.setAttribute('visibility', azimuth === null ? 'hidden' : 'visible');
      if (azimuth !== null) sun.setAttribute('transform', `rotate(${azimuth.toFixed(1)} 20 20)`);
    },
  };
}

export function scaleLine(label) {
  const bar = element('span', { class: 'bar' });
  const text = element('span', { class: 'length' });
  const whole = element('div', { class: 'scale', role: 'img', 'aria-label': label }, bar, text);
  return {
    element: whole,
    show: (metres, pixels, words) => {
      bar.style.width = `${pixels.toFixed(1)}px`;
      text.textContent = words;
      whole.setAttribute('aria-label', `${label}: ${words}`);
      whole.dataset.metres = metres;
      whole.dataset.pixels = pixels.toFixed(2);
    },
  };
}

/** One colour of the legend, drawn as the scene draws it: filled, with its own outline, or as a ghost. */
export function swatch({ fill, outline, pattern, shape, isHatched }) {
  const dashes = { dashed: '3.5 2.2', dotted: '1.2 1.8' }[pattern];
  const common = {
    fill: fill ? `rgba(${fill[0]},${fill[1]},${fill[2]},${(fill[3] ?? 255) / 255})` : 'none',
    stroke: outline ? `rgb(${outline.slice(0, 3).join(',')})` : 'rgba(60,60,60,.35)',
    'stroke-width': outline ? 1.8 : 1,
    ...(dashes ? { 'stroke-dasharray': dashes } : {}),
  };
  const mark = shape === 'tree'
    ? drawing('circle', { cx: 11, cy: 8, r: 6.4, ...common })
    : drawing('rect', { x: 1.5, y: 1.5, width: 19, height: 13, rx: shape === 'ground' ? 4 : 1, ...common });
  const strokes = isHatched ? [drawing('path', { d: 'M2 9 L9 2 M3 14 L15 2 M9 14 L20 3 M15 14 L20 9', fill: 'none', stroke: common.stroke, 'stroke-width': 1.1 })] : [];
  return drawing('svg', { viewBox: '0 0 22 16', class: 'swatch', 'aria-hidden': 'true', focusable: 'false' }, mark, ...strokes);
}

export function legend(label, entries, isOpen) {
  const list = element('ul', {}, ...entries.map((entry) => element('li', {}, swatch(entry), element('span', {}, entry.text))));
  return element('details', { class: 'legend', open: isOpen }, element('summary', {}, label), list);
}

/** Where everything comes from; a link opens a page of its own and tells it nothing about this one. */
export function sources(entries) {
  const parts = entries.map(({ text, url }) =>
    url ? element('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, text) : element('span', {}, text));
  return element('p', { class: 'sources' }, ...parts.flatMap((part, place) => (place ? [' · ', part] : [part])));
}
