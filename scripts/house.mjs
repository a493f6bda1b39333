/**
 * Draws the house: its rooms and what they import, from the imports themselves, into docs/house.svg.
 *
 *     node scripts/house.mjs            draws it
 *     node scripts/house.mjs --check    says whether the picture still shows what the files import
 *
 * A room stands above all rooms that it imports (layers by longest path; Sugiyama, Tagawa and Toda, 1981). Arrows that
 * follow from others are not drawn: if a room imports a second one, and that a third, there is no arrow from the first
 * to the third. The sizes of rooms are as they were when the picture was made.
 *
 * Exit status: 0 when all is well; 1 when a file is in no room, rooms import one another in a circle, or the picture is
 * out of date.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const picture = join(root, 'docs/house.svg');

// Sizes, in the picture's own units.
const boxHeight = 74;
const layerGap = 46;
const margin = 28;
const footHeight = 34;
const boxGap = 30;
const bendWidth = 14;

/**
 * The rooms: their files, their purpose and their colour. A path that ends in / is a folder; the
 * first room that has a file gets it.
 */
const rooms = [
  {
    name: 'programs',
    about: ['cli-server, full-server,', 'cli-client, …'],
    hue: 'top',
    paths: ['cli-client.ts', 'websock-client.ts', 'cli-server.ts', 'websock-server.ts', 'full-server.ts'],
  },
  { name: 'web/', about: ['the page in', 'the browser'], hue: 'client', paths: ['web/'] },
  { name: 'client/', about: ['the terminal', 'clients'], hue: 'client', paths: ['lib/client/'] },
  {
    name: 'run-server.ts',
    about: ['what the server', 'programs do'],
    hue: 'top',
    paths: ['lib/run-server.ts'],
  },
  {
    name: 'run-worker.ts',
    about: ['what a worker’s', 'process does'],
    hue: 'top',
    paths: ['lib/run-worker.ts'],
  },
  { name: 'prompt/', about: ['the operator’s', 'commands'], hue: 'top', paths: ['lib/prompt/'] },
  { name: 'server.ts', about: ['a node, its ports,', 'its workers'], hue: 'top', paths: ['lib/server.ts'] },
  { name: 'workers/', about: ['several processes', 'as one server'], hue: 'top', paths: ['lib/workers/'] },
  { name: 'node.ts', about: ['joins relay, peer', 'and listen'], hue: 'top', paths: ['lib/node.ts'] },
  { name: 'listen/', about: ['the doors: TCP,', 'WebSocket, HTTP'], hue: 'door', paths: ['lib/listen/'] },
  { name: 'dialect/', about: ['text of clients', '⇄ messages'], hue: 'door', paths: ['lib/dialect/'] },
  {
    name: 'relay/',
    about: ['the heart: sessions,', 'channels, commands'],
    hue: 'relay',
    paths: ['lib/relay/'],
  },
  {
    name: 'peer/edge/',
    about: ['links over sockets,', 'handshakes'],
    hue: 'peer',
    paths: ['lib/peer/edge/', 'lib/peer/'],
    not: ['lib/peer/core/'],
  },
  {
    name: 'peer/core/',
    about: ['the network: links, map,', 'streams, users; pure'],
    hue: 'peer',
    paths: ['lib/peer/core/'],
  },
  {
    name: 'network.ts',
    about: ['what relay and mesh', 'know of each other'],
    hue: 'ground',
    paths: ['lib/network.ts'],
  },
  { name: 'terminal/', about: ['prompt, colours,', 'columns'], hue: 'client', paths: ['lib/terminal/'] },
  {
    name: 'settings',
    about: ['command lines,', 'keys, addresses'],
    hue: 'ground',
    paths: [
      'lib/options.ts',
      'lib/command-line.ts',
      'lib/network-key.ts',
      'lib/own-address.ts',
      'lib/zone.ts',
    ],
  },
  {
    name: 'wire/',
    about: ['what travels: messages,', 'frames, names; pure'],
    hue: 'wire',
    paths: ['lib/wire/'],
  },
  {
    name: 'small things',
    about: ['limits, clock, log,', 'queue, backoff, …'],
    hue: 'ground',
    paths: ['lib/'],
  },
];

const files = [...sources('.'), ...sources('lib'), ...sources('web')];
const placed = files.map((path) => ({
  path,
  room: roomOf(path),
  text: readFileSync(join(root, path), 'utf8'),
}));
const homeless = placed.filter(({ room }) => !room);
if (homeless.length > 0)
  fail(`in no room of scripts/house.mjs: ${homeless.map(({ path }) => path).join(', ')}`);

const arrows = reduced(importsBetweenRooms());
if (process.argv.includes('--check')) check();
else {
  writeFileSync(picture, draw());
  console.log('drawn: docs/house.svg');
}

// ---- What the imports say ---------------------------------------------------------------------------------------

function sources(folder) {
  const recursive = folder !== '.';
  return readdirSync(join(root, folder), { recursive, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) =>
      posix.relative(root.replaceAll('\\', '/'), join(entry.parentPath, entry.name).replaceAll('\\', '/')),
    )
    .sort();
}

function roomOf(path) {
  const has = (place) => (place.endsWith('/') ? path.startsWith(place) : path === place);
  return rooms.find(({ paths, not = [] }) => paths.some(has) && !not.some(has));
}

/** @returns for each room the rooms that its files import */
function importsBetweenRooms() {
  const imports = new Map(rooms.map((room) => [room, new Set()]));
  for (const { path, room, text } of placed) {
    for (const [, from] of text.matchAll(
      /^(?:import|export)\b[^;'"]*?['"](\.[^'"]+)['"]|\bimport\(['"](\.[^'"]+)['"]\)/gm,
    )) {
      if (from === undefined) continue;
      const to = posix.join(dirname(path), from).replace(/\.js$/, '');
      const other = roomOf(`${to}.ts`) ?? roomOf(`${to}.tsx`);
      if (other && other !== room) imports.get(room).add(other);
    }
  }
  return imports;
}

/** The arrows that do not follow from others. */
function reduced(imports) {
  const beneath = new Map();
  const allBeneath = (room, above = []) => {
    if (above.includes(room))
      fail(`rooms import one another: ${[...above, room].map(({ name }) => name).join(' -> ')}`);
    if (!beneath.has(room)) {
      const next = [...imports.get(room)];
      beneath.set(room, new Set(next.flatMap((other) => [other, ...allBeneath(other, [...above, room])])));
    }
    return beneath.get(room);
  };
  return rooms.flatMap((room) => {
    allBeneath(room);
    const direct = [...imports.get(room)];
    return direct
      .filter((to) => !direct.some((between) => between !== to && allBeneath(between).has(to)))
      .map((to) => ({ from: room, to }));
  });
}

function facts() {
  return arrows.map(({ from, to }) => `${from.name} imports ${to.name}`).sort();
}

function check() {
  let drawn = [];
  try {
    const [, text = ''] = /<metadata>([^<]*)<\/metadata>/.exec(readFileSync(picture, 'utf8')) ?? [];
    drawn = text.trim().split('\n');
  } catch {
    fail('there is no docs/house.svg; `npm run house` draws it');
  }
  const found = facts();
  const missing = found.filter((fact) => !drawn.includes(fact)).map((fact) => `it lacks: ${fact}`);
  const surplus = drawn.filter((fact) => !found.includes(fact)).map((fact) => `no longer so: ${fact}`);
  const wrong = [...missing, ...surplus];
  if (wrong.length > 0)
    fail(`docs/house.svg is out of date; \`npm run house\` draws it anew. ${wrong.join('; ')}`);
}

function fail(why) {
  console.error(why);
  process.exit(1);
}

// ---- The drawing --------------------------------------------------------------------------------------------------

function draw() {
  const layers = layersOf();
  place(layers);
  const left = Math.min(...layers.flat().map(({ x, width }) => x - width / 2)) - margin;
  const right = Math.max(...layers.flat().map(({ x, width }) => x + width / 2)) + margin;
  const height = layers.length * (boxHeight + layerGap) - layerGap + 2 * margin + footHeight;
  const boxes = layers.flat().filter(({ room }) => room);
  const at = new Map(boxes.map((box) => [box.room, box]));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${round(left)} 0 ${round(right - left)} ${height}" font-family="system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', sans-serif" role="img" aria-label="The rooms of the house, each above those that it imports">
<metadata>
${facts().join('\n')}
</metadata>
<style>
${style()}</style>
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="tip" d="M0 0.5 L8 4 L0 7.5 Z"/></marker></defs>
<rect class="paper" x="${round(left)}" y="0" width="${round(right - left)}" height="${height}" rx="14"/>
${arrows.map((arrow) => pathOf(arrow, at)).join('\n')}
${boxes.map(boxOf).join('\n')}
<text class="foot" x="${round((left + right) / 2)}" y="${height - margin / 2 - 4}">An arrow means: imports. Those that follow from two others are left out, and none points up. The wider, the more lines.</text>
</svg>
`;
}

/** The layers from the top down. Each has its rooms, and a bend for each arrow that passes through it. */
function layersOf() {
  const depth = new Map();
  const depthOf = (room) => {
    if (!depth.has(room)) {
      const beneath = arrows.filter(({ from }) => from === room).map(({ to }) => depthOf(to) + 1);
      depth.set(room, Math.max(0, ...beneath));
    }
    return depth.get(room);
  };
  const top = Math.max(...rooms.map(depthOf));
  const layers = Array.from({ length: top + 1 }, () => []);
  // A room with one arrow in and one out stands directly beneath the room that imports it, so that the arrow that says
  // more is the short one.
  const layerOf = (room) => {
    const above = arrows.filter(({ to }) => to === room);
    const beneath = arrows.filter(({ from }) => from === room);
    return above.length === 1 && beneath.length === 1 ? layerOf(above[0].from) + 1 : top - depthOf(room);
  };
  const boxes = new Map();
  for (const room of rooms) {
    const box = { room, width: widthOf(room), x: 0, layer: layerOf(room), up: [], down: [] };
    boxes.set(room, box);
    layers[box.layer].push(box);
  }
  for (const arrow of arrows) {
    let above = boxes.get(arrow.from);
    const below = boxes.get(arrow.to);
    arrow.bends = [];
    for (let layer = above.layer + 1; layer < below.layer; layer++) {
      const bend = { width: bendWidth, x: 0, layer, up: [above], down: [] };
      above.down.push(bend);
      layers[layer].push(bend);
      arrow.bends.push(bend);
      above = bend;
    }
    above.down.push(below);
    below.up.push(above);
  }
  return layers;
}

/** The width of a box: by the area that its lines take, and wide enough for its words. */
function widthOf(room) {
  return Math.round(Math.max(148, Math.min(300, 5.2 * Math.sqrt(linesOf(room)))));
}

function linesOf(room) {
  return placed
    .filter((file) => file.room === room)
    .reduce((sum, { text }) => sum + text.split('\n').length - 1, 0);
}

/** Orders each layer so that few arrows cross, then moves everything as near to its neighbours as there is room. */
function place(layers) {
  for (const layer of layers) spread(layer);
  let best = { crossings: Number.POSITIVE_INFINITY, order: layers.map((layer) => [...layer]) };
  for (let round = 0; round < 60; round++) {
    const down = round % 2 === 0;
    for (const layer of down ? layers : layers.toReversed()) {
      for (const box of layer) box.wish = mean((down ? box.up : box.down).map(({ x }) => x)) ?? box.x;
      layer.sort((a, b) => a.wish - b.wish || (a.room ? 1 : 0) - (b.room ? 1 : 0));
      spread(layer);
    }
    swapNeighbours(layers);
    const crossings = crossingsIn(layers);
    if (crossings < best.crossings) best = { crossings, order: layers.map((layer) => [...layer]) };
  }
  best.order.forEach((layer, i) => {
    layers[i].splice(0, layer.length, ...layer);
    spread(layers[i]);
  });
  for (let round = 0; round < 1000; round++)
    for (const layer of round % 2 === 0 ? layers : layers.toReversed()) settle(layer);
}

function swapNeighbours(layers) {
  for (const layer of layers) {
    for (let i = 0; i + 1 < layer.length; i++) {
      const before = crossingsIn(layers);
      const [a, b] = [layer[i], layer[i + 1]];
      layer.splice(i, 2, b, a);
      spread(layer);
      if (crossingsIn(layers) < before) continue;
      layer.splice(i, 2, a, b);
      spread(layer);
    }
  }
}

function spread(layer) {
  const all = layer.reduce((sum, { width }) => sum + width + boxGap, -boxGap);
  let x = -all / 2;
  for (const box of layer) {
    box.x = x + box.width / 2;
    x += box.width + boxGap;
  }
}

/**
 * What a box should stand near. For a bend it is what its arrow goes to, so that long arrows are straight for most of
 * their way.
 */
function neighboursOf({ room, up, down }) {
  return room ? [...up, ...down] : down;
}

/** Puts each box where its neighbours are on average. If two would overlap, both give way. */
function settle(layer) {
  const wishes = layer.map((box) => mean(neighboursOf(box).map(({ x }) => x)) ?? box.x);
  const blocks = [];
  layer.forEach((box, i) => {
    const half = box.width / 2;
    blocks.push({ boxes: [box], offsets: [half], width: box.width, left: wishes[i] - half, weight: 1 });
    while (blocks.length > 1) {
      const [a, b] = blocks.slice(-2);
      const overlap = a.left + a.width + boxGap - b.left;
      if (overlap <= 0) break;
      const wished = (a.left * a.weight + (b.left - a.width - boxGap) * b.weight) / (a.weight + b.weight);
      const offsets = [...a.offsets, ...b.offsets.map((offset) => offset + a.width + boxGap)];
      blocks.splice(-2, 2, {
        boxes: [...a.boxes, ...b.boxes],
        offsets,
        width: a.width + boxGap + b.width,
        left: wished,
        weight: a.weight + b.weight,
      });
    }
  });
  for (const { boxes, offsets, left } of blocks)
    boxes.forEach((box, i) => {
      box.x = left + offsets[i];
    });
}

function crossingsIn(layers) {
  let count = 0;
  for (const layer of layers) {
    const lines = layer.flatMap((box) => box.down.map((other) => [box.x, other.x]));
    for (let i = 0; i < lines.length; i++)
      for (let j = i + 1; j < lines.length; j++)
        if ((lines[i][0] - lines[j][0]) * (lines[i][1] - lines[j][1]) < 0) count++;
  }
  return count;
}

function mean(values) {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function topOf({ layer }) {
  return margin + layer * (boxHeight + layerGap);
}

/** A curve from the lower edge of a box to the upper edge of another, through its bends. */
function pathOf({ from, to, bends }, at) {
  const [start, end] = [at.get(from), at.get(to)];
  const via = [start, ...bends, end];
  let x = port(start, via[1], start.down);
  let y = topOf(start) + boxHeight;
  let d = `M${round(x)} ${y}`;
  via.slice(1).forEach((box, i) => {
    const isLast = box === end;
    const nextX = isLast ? port(end, via[i], end.up) : box.x;
    const nextY = topOf(box) - (isLast ? 2 : 0);
    const middle = (nextY - y) / 2;
    d += ` C${round(x)} ${round(y + middle)} ${round(nextX)} ${round(nextY - middle)} ${round(nextX)} ${nextY}`;
    [x, y] = [nextX, nextY];
    if (!isLast) {
      y = topOf(box) + boxHeight;
      d += ` V${y}`;
    }
  });
  return `<path class="arrow ${from.hue}" d="${d}" marker-end="url(#tip)"><title>${from.name} imports ${to.name}</title></path>`;
}

/** Where arrows begin or end on the edge of a box: side by side, in the order of their other ends. */
function port(box, other, others) {
  const order = [...others].sort((a, b) => a.x - b.x);
  const step = Math.min(26, (box.width - 30) / order.length);
  return box.x + (order.indexOf(other) - (order.length - 1) / 2) * step;
}

function boxOf({ room, x, width, ...box }) {
  const left = round(x - width / 2);
  const y = topOf(box);
  const lines = linesOf(room);
  const size = lines < 1000 ? Math.max(10, Math.round(lines / 10) * 10) : Math.round(lines / 100) * 100;
  return `<g class="room ${room.hue}"><rect x="${left}" y="${y}" width="${width}" height="${boxHeight}" rx="9"/>
<text class="name" x="${round(x)}" y="${y + 22}">${room.name}</text>
${room.about.map((line, i) => `<text class="about" x="${round(x)}" y="${y + 39 + i * 14}">${line}</text>`).join('\n')}
<text class="size" x="${round(x)}" y="${y + boxHeight - 7}">${size.toLocaleString('en')} lines</text></g>`;
}

function round(value) {
  return Math.round(value * 10) / 10;
}

/** The style sheet. Colours are hues: pale with dark text in light mode, deep with light text in dark mode. */
function style() {
  const hues = { top: 250, relay: 8, peer: 212, door: 280, client: 150, wire: 38, ground: 220 };
  const grey = (hue) => (hue === 'ground' ? 8 : 60);
  const light = Object.entries(hues).map(
    ([hue, degrees]) =>
      `.${hue} rect { fill: hsl(${degrees} ${grey(hue)}% 95%); stroke: hsl(${degrees} ${grey(hue) - 5}% 55%) }\n.arrow.${hue} { stroke: hsl(${degrees} ${grey(hue) - 15 > 0 ? grey(hue) - 15 : 5}% 62%) }`,
  );
  const dark = Object.entries(hues).map(
    ([hue, degrees]) =>
      `  .${hue} rect { fill: hsl(${degrees} ${grey(hue) - 25 > 0 ? grey(hue) - 25 : 6}% 17%); stroke: hsl(${degrees} ${grey(hue) - 10 > 0 ? grey(hue) - 10 : 6}% 58%) }\n  .arrow.${hue} { stroke: hsl(${degrees} ${grey(hue) - 20 > 0 ? grey(hue) - 20 : 5}% 50%) }`,
  );
  return `.paper { fill: #fdfdfc }
.room rect { stroke-width: 1.4 }
.arrow { fill: none; stroke-width: 1.5 }
.tip { fill: context-stroke }
text { text-anchor: middle; fill: #22252b }
.name { font-size: 15px; font-weight: 650 }
.about { font-size: 11.5px; fill: #4a4f59 }
.size { font-size: 9.5px; fill: #7b818c }
.foot { font-size: 12px; fill: #6a707b }
${light.join('\n')}
@media (prefers-color-scheme: dark) {
  .paper { fill: #14161a }
  text { fill: #eceef2 }
  .about { fill: #b9bec8 }
  .size { fill: #8b919c }
  .foot { fill: #949aa5 }
${dark.join('\n')}
}
`;
}
