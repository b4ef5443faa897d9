// What a test, or a curious person, can ask the scene.

import { limited } from './camera.js';

export function handle(scene) {
  const pane = (place) => scene.panes[place ?? scene.front];
  const shadeIn = ({ deck }) => deck.props.layers.filter((layer) => layer?.id === 'shade');
  return {
    state: () => scene.host.dataset.sceneState,
    key: () => scene.host.dataset.sceneKey,
    camera: () => scene.camera(),
    limits: () => scene.data.limits,
    setCamera: (view) => scene.see(limited({ ...scene.view, ...view }, scene.data.limits)),
    viewports: () => scene.panes.map(({ deck }) => deck.getViewports()[0]).map(({ longitude, latitude, zoom, pitch, bearing, width, height }) => ({ longitude, latitude, zoom, pitch, bearing, width, height })),
    shade: () => ({ minute: scene.sun.shown, isDrawn: scene.panes.every((one) => shadeIn(one).every((layer) => layer.isLoaded)) }),
    rows: (id, place) => pane(place).deck.props.layers.find((layer) => layer?.id === id)?.props.data,
    model: (id, place) => pane(place).deck.props.layers.find((layer) => layer?.id === id)?.getModels()[0],
    shadeRows: (place) => shadeIn(pane(place))[0]?.props.data ?? [],
    layers: (place) => pane(place).deck.props.layers.map((layer) => layer.id).filter((id) => !pane(place).kept.unseen.has(id)),
    isAtRest: () => scene.names.waiting === null && scene.distance.waiting === null && scene.panes.every(({ deck }) => deck.props.layers.every((layer) => layer.isLoaded)),
    names: (place) => pane(place).names?.map((row) => row.n) ?? [],
    pick: (x, y, place) => scene.pointing.at(x, y, place),
    project: (position, place) => pane(place).deck.getViewports()[0].project(position),
    size: (place) => [pane(place).canvas.clientWidth, pane(place).canvas.clientHeight],
    toDataURL: (place) => {
      pane(place).deck.redraw('asked for');
      return pane(place).canvas.toDataURL('image/png');
    },
    shown: (place) => ({ picture: pane(place).canvas.toDataURL('image/png'), isLaid: pane(place).standing.isLaid }), // not painted again
    walker: () => scene.walk.at,
    walk: (walker) => scene.walk.enter(walker),
    ground: (place) => scene.around.height(scene.around.metres(place)),
    isFree: (place, room = 0) => scene.around.isFree(scene.around.metres(place), room),
    metres: (place) => scene.around.metres(place),
    degrees: (place) => scene.around.degrees(place),
    eye: (place) => eye(pane(place).deck.getViewports()[0]),
    inView: () => (scene.inView.isTold ? scene.inView.element.textContent : null),
    pixel: (x, y, place) => pixel(x, y, pane(place)),
    loseContext: (place) => pane(place).canvas.getContext('webgl2').getExtension('WEBGL_lose_context'),
  };
}

/** Where a viewport's eye is (longitude, latitude, metres above the reference ground), and which way the middle of its picture lies from there. */
function eye(viewport) {
  const at = viewport.unprojectPosition(viewport.cameraPosition);
  const [near, far] = [0.1, 0.9].map((depth) => viewport.unproject([viewport.width / 2, viewport.height / 2, depth]));
  return { at, rise: far[2] - near[2], east: far[0] - near[0], north: far[1] - near[1] };
}

function pixel(x, y, { deck, canvas }) {
  deck.redraw('asked for');
  const copy = document.createElement('canvas');
  [copy.width, copy.height] = [1, 1];
  const context = copy.getContext('2d');
  const [wide, high] = [canvas.width / canvas.clientWidth, canvas.height / canvas.clientHeight];
  context.drawImage(canvas, Math.round(x * wide), Math.round(y * high), 1, 1, 0, 0, 1, 1);
  return [...context.getImageData(0, 0, 1, 1).data];
}
