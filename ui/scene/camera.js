// Cameras: fitting a box in the picture, limits, and what a pixel measures. The same sums as layers/cameras.py.

const TILE = 512;
export const EQUATOR = 40075016.68557849;
const EYE_DISTANCE = 1.5;
const FILL = 0.96;
const CLEARLY_MORE = 1.3; // the usual direction stays unless what has to fit fills so many times more of the picture in another one
const PORTRAIT_PITCH = 42; // a picture that is higher than wide is better filled from higher up
const CENTRING_STEPS = 60;
const CHOOSING_STEPS = 8; // idem, while directions are compared only
const METRES_PER_DEGREE = EQUATOR / 360;
export const radians = (degrees) => (degrees * Math.PI) / 180;

/** Pixels per metre in the middle of the picture. */
export function scaleOf(view) {
  return (TILE * 2 ** view.zoom) / (EQUATOR * Math.cos(radians(view.latitude)));
}

/** How high above the reference ground the eye is, in metres. */
export function eyeHeight(view, pictureHeight) {
  return (EYE_DISTANCE * pictureHeight * Math.cos(radians(view.pitch))) / scaleOf(view);
}

/** A point in the directions of the eye: right, up and towards it, in metres from what is looked at. */
function fromTheEye([east, north, height], camera) {
  const bearing = radians(camera.bearing);
  const pitch = radians(camera.pitch);
  const right = east * Math.cos(bearing) - north * Math.sin(bearing);
  const forward = east * Math.sin(bearing) + north * Math.cos(bearing);
  return [right, forward * Math.cos(pitch) + height * Math.sin(pitch), height * Math.cos(pitch) - forward * Math.sin(pitch)];
}

/** Pixels per metre at which all corners are just in the picture; the sum is explained in layers/cameras.py. */
function largestScale(corners, camera, picture) {
  const eye = EYE_DISTANCE * picture[1];
  let largest = Infinity;
  for (const corner of corners) {
    const seen = fromTheEye(corner, camera);
    for (const axis of [0, 1]) {
      const limit = (picture[axis] * FILL) / 2;
      largest = Math.min(largest, (limit * eye) / Math.max(Math.abs(seen[axis]) * eye + limit * seen[2], 1e-9));
    }
  }
  return largest;
}

/** Where a point appears, in pixels right and up from the middle. */
function projected(corner, camera, scale, pictureHeight) {
  const [right, up, near] = fromTheEye(corner, camera).map((length) => length * scale);
  const eye = EYE_DISTANCE * pictureHeight;
  return [(right * eye) / (eye - near), (up * eye) / (eye - near)];
}

/** How many times larger than at the place that is looked at the nearest corner appears; a step without it would overshoot. */
function enlargement(corners, camera, scale, pictureHeight) {
  const eye = EYE_DISTANCE * pictureHeight;
  return Math.max(1, eye / (eye - scale * Math.max(...corners.map((corner) => fromTheEye(corner, camera)[2]))));
}

/** The view from which all that a camera asks for is in a picture of this size, in the direction that fills it best. */
export function fit(wanted, width, height, limits) {
  const all = [wanted.bearing, ...(wanted.bearings ?? [])];
  const filled = all.length > 1 ? all.map((bearing) => fitted({ ...wanted, bearing }, width, height, limits, CHOOSING_STEPS).filled) : [1];
  const best = filled.indexOf(Math.max(...filled));
  const bearing = filled[best] > CLEARLY_MORE * filled[0] ? all[best] : wanted.bearing;
  return fitted({ ...wanted, bearing }, width, height, limits, CENTRING_STEPS).view;
}

/** The area inside a ring of points. */
function area(ring) {
  return Math.abs(ring.reduce((sum, [x, y], place) => sum + x * ring.at(place - 1)[1] - y * ring.at(place - 1)[0], 0)) / 2;
}

/** Idem in the camera's own direction, and how much of the picture the ground of it takes, in square pixels. */
function fitted(wanted, width, height, limits, steps) {
  const camera = height > width ? { ...wanted, pitch: Math.min(wanted.pitch, PORTRAIT_PITCH) } : wanted;
  const picture = [Math.max(width, 50), Math.max(height, 50)];
  const box = camera.corners.flatMap(([x, y]) => [[x, y, 0], [x, y, camera.height]]);
  let east = 0;
  let north = 0;
  const shifted = () => box.map(([x, y, z]) => [x - east, y - north, z]);
  let scale = largestScale(shifted(), camera, picture);
  for (let step = 0; step < steps; step += 1) {
    const seen = shifted().map((corner) => projected(corner, camera, scale, picture[1]));
    const middle = [0, 1].map((axis) => (Math.min(...seen.map((p) => p[axis])) + Math.max(...seen.map((p) => p[axis]))) / 2);
    const flatness = Math.max(Math.cos(radians(camera.pitch)), 0.2);
    const largest = scale * enlargement(shifted(), camera, scale, picture[1]);
    const across = middle[0] / largest;
    const forward = middle[1] / largest / flatness;
    const bearing = radians(camera.bearing);
    east += across * Math.cos(bearing) + forward * Math.sin(bearing);
    north += -across * Math.sin(bearing) + forward * Math.cos(bearing);
    scale = largestScale(shifted(), camera, picture);
  }
  const latitude = camera.latitude + north / METRES_PER_DEGREE;
  const ground = shifted().filter((_, place) => place % 2 === 0).map((corner) => projected(corner, camera, scale, picture[1]));
  const view = limited(
    {
      longitude: camera.longitude + east / (METRES_PER_DEGREE * Math.cos(radians(camera.latitude))),
      latitude,
      zoom: Math.log2((scale * EQUATOR * Math.cos(radians(latitude))) / TILE),
      bearing: camera.bearing,
      pitch: camera.pitch,
    },
    limits,
  );
  return { view, filled: area(ground) };
}

/** A view within what the scene allows: never lost beside the model, never below the ground. */
export function limited(view, limits) {
  const within = (value, low, high) => Math.min(Math.max(value, low), high);
  const [west, south, east, north] = limits.bounds;
  return {
    longitude: within(view.longitude, west, east),
    latitude: within(view.latitude, south, north),
    zoom: within(view.zoom, limits.minZoom, limits.maxZoom),
    pitch: within(view.pitch, 0, limits.maxPitch),
    bearing: turned(view.bearing),
    minZoom: limits.minZoom,
    maxZoom: limits.maxZoom,
    maxPitch: limits.maxPitch,
  };
}

/** An angle between -180 and 180 degrees. */
export function turned(bearing) {
  return ((((bearing + 180) % 360) + 360) % 360) - 180;
}

/** A view on the way from one to another, along the shortest turn; share from 0 to 1. */
export function between(from, to, share) {
  const mixed = (name) => from[name] + (to[name] - from[name]) * share;
  return {
    ...to,
    longitude: mixed('longitude'),
    latitude: mixed('latitude'),
    zoom: mixed('zoom'),
    pitch: mixed('pitch'),
    bearing: turned(from.bearing + turned(to.bearing - from.bearing) * share),
  };
}

/** A view moved over the ground by pixels of the picture. */
export function moved(view, right, forward) {
  const scale = scaleOf(view);
  const bearing = radians(view.bearing);
  const east = (right * Math.cos(bearing) + forward * Math.sin(bearing)) / scale;
  const north = (-right * Math.sin(bearing) + forward * Math.cos(bearing)) / scale;
  return {
    ...view,
    longitude: view.longitude + east / (METRES_PER_DEGREE * Math.cos(radians(view.latitude))),
    latitude: view.latitude + north / METRES_PER_DEGREE,
  };
}

/** A round length for a scale bar of at most so many pixels: its metres and its pixels. */
export function scaleBar(view, mostPixels) {
  const metresPerPixel = 1 / scaleOf(view);
  const most = mostPixels * metresPerPixel;
  const power = 10 ** Math.floor(Math.log10(most));
  const metres = [5, 2, 1].map((digit) => digit * power).find((length) => length <= most) ?? power;
  return { metres, pixels: metres / metresPerPixel };
}

/** A length as people read it: "50 m", "2 km". */
export function lengthText(metres, language) {
  const [number, unit] = metres >= 1000 ? [metres / 1000, 'km'] : [metres, 'm'];
  return `${new Intl.NumberFormat(language).format(number)} ${unit}`;
}
