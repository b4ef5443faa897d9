// Rows of surfaces as ui/packed_rows.py sends them: columns of small numbers, unfolded to number for number what their JSON says.

export const PACKING = 1; // version of the short form, as in ui/packed_rows.py
const DEGREES = 1e7; // steps of a degree
const CENTIMETRES = 100; // in a metre
const COARSE = 10;
const [PLAIN, OPEN] = [0, 1]; // one colour, or one with opacity; else one for every corner

/** Columns by name: of each column all lowest bytes, all second bytes, and so on; 0, 1, 2, 3, ... stand for 0, -1, 1, -2, ... */
function columns(buffer) {
  const bytes = new Uint8Array(buffer);
  const start = 4 + new DataView(buffer).getUint32(0, true);
  let at = start;
  return Object.fromEntries(JSON.parse(new TextDecoder().decode(bytes.subarray(4, start))).map(([name, count, width]) => {
    const values = new Int32Array(count);
    for (let shift = 0; shift < 8 * width; shift += 8) for (let row = 0; row < count; row += 1, at += 1) values[row] |= bytes[at] << shift;
    for (let row = 0; row < count; row += 1) values[row] = (values[row] >>> 1) ^ -(values[row] & 1);
    return [name, values];
  }));
}

/** Values that are told as steps from the one before. */
function summed(steps) {
  for (let row = 1; row < steps.length; row += 1) steps[row] += steps[row - 1];
  return steps;
}

/** Which of the different things each row is: 0 stands for the next new one, other numbers for how many came since. */
function numbers(codes) {
  let next = 0;
  return codes.map((code) => (code ? next - code : next++));
}

export function unfolded(buffer) {
  const column = columns(buffer);
  const [index, red, green, blue, opacity, east, north] = ['index', 'red', 'green', 'blue', 'opacity', 'east', 'north'].map((name) => summed(column[name]));
  const [shades, places] = [numbers(column.shades), numbers(column.places)];
  const { sizes, kinds, heights, east_rest: eastRest, north_rest: northRest } = column;
  const level = new Int32Array(east.length); // height of the last corner at each place, in centimetres
  let [ring, corner, shade, newest, height] = [0, 0, 0, -1, 0];
  const addCorner = (flat) => {
    const place = places[corner];
    const isNew = place > newest;
    if (isNew) newest = place;
    height = level[place] = (isNew ? height : level[place]) + heights[corner];
    flat.push((east[place] * COARSE + eastRest[place]) / DEGREES, (north[place] * COARSE + northRest[place]) / DEGREES, height / CENTIMETRES);
    corner += 1;
  };
  return Array.from(column.rings, (count, row) => {
    const flat = [];
    const holes = [];
    for (let each = 0; each < count; each += 1, ring += 1) {
      if (each) holes.push(flat.length);
      for (let left = sizes[ring]; left; left -= 1) addCorner(flat);
    }
    const colour = [];
    for (let left = kinds[row] > OPEN ? flat.length / 3 : 1; left; left -= 1, shade += 1) {
      const which = shades[shade];
      colour.push(red[which], green[which], blue[which]);
      if (kinds[row] !== PLAIN) colour.push(opacity[which]);
    }
    return { p: count > 1 ? { positions: flat, holeIndices: holes } : flat, c: colour, __source: { index: index[row] } };
  });
}
