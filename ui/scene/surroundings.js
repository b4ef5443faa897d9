// What is around a place, as the server tells it once (layers/surroundings.py): the ground, outlines of buildings, middles, streets.

import { fetchedOnce } from './ahead.js';

const STEP = 10; // places are told in steps of a decimetre
const STEP_UP = 100; // heights in steps of a centimetre
const CELL = 25; // side of a square in which outlines are looked up, in metres
const NEWTON_STEPS = 4;

/** The corners of a ring that is told as its first corner and the steps from there, in metres. */
function corners(walked) {
  const found = [];
  let [x, y] = [0, 0];
  for (let place = 0; place < walked.length; place += 2) {
    x += walked[place];
    y += walked[place + 1];
    found.push(inMetres([x, y]));
  }
  return found;
}

/** A place that is told in steps, in metres. */
export function inMetres([x, y]) {
  return [x / STEP, y / STEP];
}

/** How far a point is from the nearest edge of some rings, and whether it is inside them (in a hole it is not). */
export function reach(rings, x, y) {
  let isInside = false;
  let nearest = Infinity;
  for (const ring of rings) {
    for (let place = 0; place < ring.length; place += 1) {
      const [ax, ay] = ring[place];
      const [bx, by] = ring[(place + 1) % ring.length];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) isInside = !isInside;
      nearest = Math.min(nearest, fromEdge(x, y, ax, ay, bx, by));
    }
  }
  return { isInside, nearest };
}

function fromEdge(x, y, ax, ay, bx, by) {
  const length = (bx - ax) ** 2 + (by - ay) ** 2;
  const along = length ? Math.min(Math.max(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length, 0), 1) : 0;
  return Math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay));
}

/** Whether a place is inside an outline, or within some metres of it. */
function isWithin([x, y], room) {
  return ({ rings }) => {
    const { isInside, nearest } = reach(rings, x, y);
    return isInside || nearest < room;
  };
}

/** Outlines that can be looked up by place. */
class Outlines {
  constructor(told) {
    this.squares = new Map();
    this.rings = told.map((walked) => walked.map(corners));
    this.rings.forEach((rings, row) => this.add(rings, row));
  }

  add(rings, row) {
    if (!rings.length) return;
    const all = rings.flat();
    const [xs, ys] = [0, 1].map((axis) => all.map((corner) => corner[axis]));
    for (let i = Math.floor(Math.min(...xs) / CELL) - 1; i <= Math.floor(Math.max(...xs) / CELL) + 1; i += 1) {
      for (let j = Math.floor(Math.min(...ys) / CELL) - 1; j <= Math.floor(Math.max(...ys) / CELL) + 1; j += 1) {
        const key = `${i},${j}`;
        if (!this.squares.has(key)) this.squares.set(key, []);
        this.squares.get(key).push({ rings, row });
      }
    }
  }

  near(x, y) {
    return this.squares.get(`${Math.floor(x / CELL)},${Math.floor(y / CELL)}`) ?? [];
  }
}

export class Surroundings {
  constructor(scene) {
    this.scene = scene;
    this.plans = new Map();
  }

  /** What a text about the picture needs; false where the server says nothing. */
  async loadMiddles() {
    const told = this.scene.data.around;
    this.frame = told ? await fetchedOnce(told.inView) : null;
    this.ground = this.frame?.ground;
    await this.loadPlans();
    return Boolean(this.frame);
  }

  /** What a walk needs; false where the server says nothing. */
  async loadWalk() {
    const address = this.scene.data.around?.walk;
    if (!(await this.loadMiddles())) return false;
    const walk = await fetchedOnce(address);
    if (!walk) return false;
    if (this.walkFrom !== address) [this.walkFrom, this.outlines] = [address, new Outlines(walk.outlines)];
    return true;
  }

  async loadPlans() {
    const told = Object.entries(this.scene.data.around?.plans ?? {});
    const plans = await Promise.all(told.map(async ([name, { data }]) => [name, await fetchedOnce(data)]));
    this.plans = new Map(plans.filter(([, plan]) => plan).map(([name, plan]) => [name, { ...plan, built: new Outlines(plan.outlines), gone: new Set(plan.gone) }]));
  }

  // --------------------------------------------------------------------------------------------------------------- places
  /** Metres east and north of the corner. */
  metres({ longitude, latitude }) {
    const [x, y] = [longitude - this.frame.corner[0], latitude - this.frame.corner[1]];
    return this.frame.metres.map(([a, b, c, d, e]) => a * x + b * y + c * x * y + d * x * x + e * y * y);
  }

  degrees([x, y]) {
    const [[a, b], [d, e]] = this.frame.metres;
    const size = a * e - b * d;
    const place = { longitude: this.frame.corner[0], latitude: this.frame.corner[1] };
    for (let step = 0; step < NEWTON_STEPS; step += 1) {
      const [atX, atY] = this.metres(place);
      place.longitude += (e * (x - atX) - b * (y - atY)) / size;
      place.latitude += (a * (y - atY) - d * (x - atX)) / size;
    }
    return place;
  }

  /** One metre in a direction of the compass, in metres east and north of our own axes: those are turned a little from true north. */
  direction({ longitude, latitude }, bearing) {
    const angle = (bearing * Math.PI) / 180;
    const stretch = Math.cos((latitude * Math.PI) / 180);
    const [x, y] = this.metres({ longitude, latitude });
    const [toX, toY] = this.metres({ longitude: longitude + (1e-5 * Math.sin(angle)) / stretch, latitude: latitude + 1e-5 * Math.cos(angle) });
    const length = Math.hypot(toX - x, toY - y);
    return [(toX - x) / length, (toY - y) / length];
  }

  /** Height of the drawn ground above the reference ground, in metres; the same sum as Terrain.at of layers/terrain.py. */
  height([x, y]) {
    const { cell, columns, heights } = this.ground;
    const rows = heights.length / columns;
    const within = (value, most) => Math.min(Math.max(value / cell, 0), most);
    const [u, v] = [within(x, columns - 1), within(y, rows - 1)];
    const [i, j] = [Math.min(Math.floor(u), columns - 2), Math.min(Math.floor(v), rows - 2)];
    const at = (across, along) => heights[(j + along) * columns + i + across] / STEP_UP;
    const [southWest, southEast, northWest, northEast] = [at(0, 0), at(1, 0), at(0, 1), at(1, 1)];
    const [right, up] = [u - i, v - j];
    if ((i + j) % 2 === 0) { // the diagonal of this cell runs to the north-east, those of the cells beside it to the north-west
      return right >= up ? southWest + right * (southEast - southWest) + up * (northEast - southEast)
        : southWest + up * (northWest - southWest) + right * (northEast - northWest);
    }
    return right + up <= 1 ? southWest + right * (southEast - southWest) + up * (northWest - southWest)
      : northEast + (1 - right) * (northWest - northEast) + (1 - up) * (southEast - northEast);
  }

  isOnGround([x, y]) {
    const [width, depth] = this.frame.size;
    return x >= 0 && y >= 0 && x <= width && y <= depth;
  }

  // ------------------------------------------------------------------------------------------------------------ buildings
  /** Whether nothing that stands in a picture is within some metres of a place. */
  isFree(place, room) {
    return this.isOnGround(place) && this.scene.data.plans.every((names) => this.isFreeWith(names, place, room));
  }

  /** Whether nothing that stands, or stood, is within some metres: a place to stand is not inside what is drawn as going either. */
  isClear(place, room) {
    const stops = isWithin(place, room);
    return this.isFree(place, room) && !this.outlines.near(...place).some(stops);
  }

  isFreeWith(names, [x, y], room) {
    const plans = names.map((name) => this.plans.get(name)).filter(Boolean);
    const stops = isWithin([x, y], room);
    const stands = ({ row }) => !plans.some((plan) => plan.gone.has(row));
    return !this.outlines.near(x, y).some((one) => stands(one) && stops(one)) && !plans.some((plan) => plan.built.near(x, y).some(stops));
  }

  /** Whether no building stands between two places; looked at metre by metre. */
  isOpen([x, y], [toX, toY]) {
    const length = Math.hypot(toX - x, toY - y);
    for (let away = 1; away < length; away += 1) {
      if (!this.isFree([x + ((toX - x) * away) / length, y + ((toY - y) * away) / length], 0)) return false;
    }
    return true;
  }

  /** Every outline as rings in metres, by row of the building; nothing before somebody walked. */
  rings() {
    return this.outlines.rings;
  }

  // -------------------------------------------------------------------------------------------------------------- streets
  /** Every street as lines in metres, by name. */
  streets() {
    if (this.streetsFrom !== this.frame) {
      this.streetsFrom = this.frame;
      this.lines = Object.entries(this.frame.streets).map(([name, lines]) => ({ name, lines: lines.map(corners) }));
    }
    return this.lines;
  }

  /** The street whose line is nearest to a place, within some metres; "" for none. */
  streetAt([x, y], within) {
    let [nearest, found] = [within, ''];
    for (const { name, lines } of this.streets()) {
      for (const line of lines) {
        for (let place = 1; place < line.length; place += 1) {
          const away = fromEdge(x, y, ...line[place - 1], ...line[place]);
          if (away < nearest) [nearest, found] = [away, name];
        }
      }
    }
    return found;
  }
}
