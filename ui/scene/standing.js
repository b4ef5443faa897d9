// Where the processor draws, every corner of the picture costs time. There, what no switch changes is kept as a picture, with how far away
// each of its pixels is, for as long as nobody moves: a switch draws what it changes into that. A graphics card draws everything each time.

import { ASKED } from './painting.js';

const PROCESSOR = /swiftshader|llvmpipe|softpipe|software|basic render/i; // what draws, where no graphics card does
const STAYS = /^(plate$|ground\/|ground-edge$|building(-edge)?\/(?!taken-))/;
const STAYS_FAR = /^(tree|contact)\/(?!taken-|plan\/)/; // nearby one sees the soft shade at a foot, which belongs on the ground of a plan
const CORNERS = `#version 300 es
void main() { gl_Position = vec4(4 * (gl_VertexID & 1) - 1, 2 * (gl_VertexID & 2) - 1, 0, 1); }`;
// A pixel has one depth, and an edge is drawn in parts of a pixel: what is kept lies back by how much a face recedes within a pixel. To
// either side of a pixel the smaller step is the one along its own face.
const PIXELS = `#version 300 es
precision highp float;
precision highp sampler2D;
uniform sampler2D colours, depths;
out vec4 colour;
float depth(ivec2 place) { return texelFetch(depths, clamp(place, ivec2(0), textureSize(depths, 0) - 1), 0).r; }
float recedes(ivec2 place, ivec2 aside) { float here = depth(place); return min(abs(depth(place + aside) - here), abs(depth(place - aside) - here)); }
void main() {
  ivec2 place = ivec2(gl_FragCoord.xy);
  colour = texelFetch(colours, place, 0);
  gl_FragDepth = depth(place) + 0.75 * (recedes(place, ivec2(1, 0)) + recedes(place, ivec2(0, 1)));
}`;

function isByProcessor(gl) {
  const told = gl.getExtension('WEBGL_debug_renderer_info');
  return PROCESSOR.test(gl.getParameter(told ? told.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
}

export class Standing {
  constructor(deck, distance) {
    [this.deck, this.distance] = [deck, distance];
    this.kept = null; // what was kept: how it was looked at, and of which layers
    this.isHalfway = false; // what stays has been painted, and the rest has not
    this.isLaid = false; // what is seen now was painted into what was kept
    const needsRedraw = deck.needsRedraw.bind(deck);
    deck.needsRedraw = (options) => {
      if (this.kept && this.standing().some((layer) => layer.getNeedsRedraw())) this.kept = null;
      return needsRedraw(options);
    };
  }

  /** Paints what is seen now. */
  paint(reason, isReady) {
    const { deck } = this;
    this.gl ??= deck.device.gl;
    this.isWanted ??= isByProcessor(this.gl);
    this.isLaid = false;
    const [viewport] = deck.getViewports();
    if (!this.isWanted || !isReady || !viewport || reason === ASKED) {
      deck._drawLayers(reason);
      return;
    }
    const { drawingBufferWidth: width, drawingBufferHeight: height } = this.gl;
    const standing = new Set(this.standing().map(({ id }) => id));
    const names = [...standing, width, height].join();
    if (this.kept?.names === names && this.kept.viewport.equals(viewport)) {
      this.lay(width, height);
      this.isLaid = true;
    } else {
      this.kept = null;
      this.isHalfway = true;
      deck._drawLayers(reason, { layerFilter: ({ layer }) => standing.has(layer.id) });
      this.isHalfway = false;
      if (this.standing().every((layer) => layer.isLoaded) && this.keep(width, height)) this.kept = { viewport, names };
    }
    deck._drawLayers(reason, { layerFilter: ({ layer }) => !standing.has(layer.id), clearCanvas: false });
  }

  standing() {
    const { isFar } = this.distance;
    const layers = this.deck.layerManager?.getLayers() ?? [];
    return layers.filter(({ id, props }) => props.visible && (STAYS.test(id) || (isFar && STAYS_FAR.test(id))));
  }

  /** Keeps what is painted; false where this browser cannot. */
  keep(width, height) {
    const { gl } = this;
    if (this.size !== `${width} ${height}`) this.makeRoom(width, height);
    this.deck.device.withParametersWebGL({ scissorTest: false }, () => {
      gl.bindFramebuffer(gl.READ_FRAMEBUFFER, null);
      gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, this.frame);
      gl.blitFramebuffer(0, 0, width, height, 0, 0, width, height, gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT, gl.NEAREST);
      gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    });
    if (this.size) return true;
    this.size = `${width} ${height}`;
    this.isWanted = gl.getError() === gl.NO_ERROR; // asked once for every size: asking waits
    return this.isWanted;
  }

  makeRoom(width, height) {
    const { gl } = this;
    this.leave();
    while (gl.getError() !== gl.NO_ERROR); // of others
    this.frame = gl.createFramebuffer();
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.frame);
    this.textures = [[gl.RGBA8, gl.COLOR_ATTACHMENT0], [gl.DEPTH24_STENCIL8, gl.DEPTH_STENCIL_ATTACHMENT]].map(([format, place]) => {
      const texture = gl.createTexture();
      gl.bindTexture(gl.TEXTURE_2D, texture);
      gl.texStorage2D(gl.TEXTURE_2D, 1, format, width, height);
      for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, name, gl.NEAREST);
      gl.framebufferTexture2D(gl.FRAMEBUFFER, place, gl.TEXTURE_2D, texture, 0);
      return texture;
    });
    gl.bindTexture(gl.TEXTURE_2D, null);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
  }

  /** Lays what was kept down as what is painted. */
  lay(width, height) {
    const { gl } = this;
    this.program ??= made(gl);
    const free = { depthTest: true, depthFunc: gl.ALWAYS, depthMask: true, blend: false, cull: false, scissorTest: false, colorMask: [true, true, true, true], viewport: [0, 0, width, height] };
    this.deck.device.withParametersWebGL(free, () => {
      gl.bindFramebuffer(gl.FRAMEBUFFER, null);
      gl.useProgram(this.program);
      this.textures.forEach((texture, unit) => {
        gl.activeTexture(gl.TEXTURE0 + unit);
        gl.bindTexture(gl.TEXTURE_2D, texture);
      });
      gl.bindVertexArray(null);
      gl.drawArrays(gl.TRIANGLES, 0, 3);
      this.textures.forEach((_, unit) => {
        gl.activeTexture(gl.TEXTURE0 + unit);
        gl.bindTexture(gl.TEXTURE_2D, null);
      });
      gl.useProgram(null);
    });
  }

  leave() {
    const { gl } = this;
    this.textures?.forEach((texture) => gl.deleteTexture(texture));
    if (this.frame) gl.deleteFramebuffer(this.frame);
    [this.kept, this.size, this.frame, this.textures] = [null, null, null, null];
  }
}

function made(gl) {
  const program = gl.createProgram();
  for (const [kind, text] of [[gl.VERTEX_SHADER, CORNERS], [gl.FRAGMENT_SHADER, PIXELS]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  gl.useProgram(program);
  ['colours', 'depths'].forEach((name, unit) => gl.uniform1i(gl.getUniformLocation(program, name), unit));
  return program;
}
