import { crc32, deflateSync } from 'node:zlib';

/**
 * The icons of the tray, drawn: a dark plate that is seen on light and dark bars alike, and on it one sign for each state that is told
 * from the others by its shape alone. Coordinates are of a plate of 22 by 22, the size that bars draw.
 * @typedef {[red: number, green: number, blue: number]} Colour
 * @typedef {(x: number, y: number) => boolean} Shape
 */

export const PLATE = 22;
/** Each pixel is looked at this many times a side, so that edges are soft. */
const SAMPLES = 4;

/** @type {Colour} `--canvas` of the screen in the dark theme */
const PLATE_COLOUR = [0x0e, 0x11, 0x14];

/** @param {number} cx @param {number} cy @param {number} r @returns {Shape} */
const disc = (cx, cy, r) => (x, y) => Math.hypot(x - cx, y - cy) <= r;
/** @param {number} left @param {number} top @param {number} right @param {number} bottom @returns {Shape} */
const box = (left, top, right, bottom) => (x, y) => x >= left && x <= right && y >= top && y <= bottom;

/** @type {Shape} */
const plate = (x, y) => {
  const [dx, dy] = [Math.max(Math.abs(x - 11) - 6, 0), Math.max(Math.abs(y - 11) - 6, 0)];
  return Math.hypot(dx, dy) <= 5;
};
/** @type {Shape} a padlock: a body and the bow above it */
const padlock = (x, y) =>
  box(6, 10, 16, 17)(x, y) || (y < 11 && disc(11, 9.5, 4.5)(x, y) && !disc(11, 9.5, 2.6)(x, y));
/** @type {Shape} a triangle with a stroke and a dot left out */
const warning = (x, y) =>
  y >= 4 &&
  y <= 17.5 &&
  Math.abs(x - 11) <= (y - 4) * 0.56 &&
  !box(10, 8.5, 12, 13)(x, y) &&
  !disc(11, 15.2, 1.1)(x, y);
/** @type {Shape} a ring that is crossed out */
const crossed = (x, y) =>
  (disc(11, 11, 6.5)(x, y) && !disc(11, 11, 4.5)(x, y)) ||
  (Math.abs(x + y - 22) <= 1.5 && disc(11, 11, 8)(x, y));

/** @type {Readonly<Record<'locked' | 'live' | 'alarm' | 'offline', { shape: Shape, colour: Colour }>>} */
export const SIGNS = {
  locked: { shape: padlock, colour: [0xe6, 0xea, 0xee] },
  live: { shape: disc(11, 11, 5.5), colour: [0x5f, 0xd0, 0x8a] },
  alarm: { shape: warning, colour: [0xff, 0x8a, 0x7a] },
  offline: { shape: crossed, colour: [0xe0, 0xb3, 0x4d] },
};

/** @param {Shape} shape @param {number} x @param {number} y @param {number} scale @returns {number} how much of a pixel it covers, 0 to 1 */
function cover(shape, x, y, scale) {
  let hits = 0;
  for (let i = 0; i < SAMPLES * SAMPLES; i += 1) {
    const [dx, dy] = [(i % SAMPLES) + 0.5, Math.floor(i / SAMPLES) + 0.5];
    if (shape((x + dx / SAMPLES) / scale, (y + dy / SAMPLES) / scale)) hits += 1;
  }
  return hits / (SAMPLES * SAMPLES);
}

/**
 * @param {keyof typeof SIGNS} state
 * @param {number} scale pixels to one of the plate's
 * @returns {Buffer} rows of RGBA
 */
export function pixelsOf(state, scale) {
  const { shape, colour } = SIGNS[state];
  const side = PLATE * scale;
  const pixels = Buffer.alloc(side * side * 4);
  for (let at = 0; at < side * side; at += 1) {
    const [x, y] = [at % side, Math.floor(at / side)];
    const sign = cover(shape, x, y, scale);
    for (const [channel, ground] of PLATE_COLOUR.entries())
      pixels[at * 4 + channel] = Math.round((colour[channel] ?? 0) * sign + ground * (1 - sign));
    pixels[at * 4 + 3] = Math.round(255 * cover(plate, x, y, scale));
  }
  return pixels;
}

/** @param {string} type @param {Buffer} data @returns {Buffer} a chunk of a PNG file: length, type, data, checksum */
function chunk(type, data) {
  const named = Buffer.concat([Buffer.from(type, 'ascii'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

/** @param {Buffer} pixels rows of RGBA @param {number} side @returns {Buffer} a PNG file (ISO/IEC 15948) of eight bits a channel */
export function pngOf(pixels, side) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 6, 0, 0, 0], 8);
  // Each row is preceded by its filter: none.
  const rows = Array.from({ length: side }, (_, y) =>
    Buffer.concat([Buffer.from([0]), pixels.subarray(y * side * 4, (y + 1) * side * 4)]),
  );
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const data = deflateSync(Buffer.concat(rows), { level: 9 });
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
