/**
 * Bundles the browser client from web/ into a folder: one HTML file, one script, one style sheet and an icon, each of
 * them also compressed. Nothing comes from elsewhere.
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { build } from 'esbuild';

/** Sizes of the pictures in favicon.ico, in pixels: for tabs, and for screens with more pixels per inch. */
const iconSizes = [16, 32, 48];

/**
 * The encodings, each at its strongest, because this is done only once. lib/listen/pages.ts looks for these endings.
 */
const compressors = {
  '.br': (bytes) =>
    brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
  '.gz': (bytes) => gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }),
};

/**
 * The server serves what lies in this folder itself, and nothing in folders within: `web/core`, which the compiler puts
 * beside the bundle because the tests import it, is not for browsers.
 *
 * @param {string} outdir the folder to make
 */
export async function buildWeb(outdir) {
  mkdirSync(outdir, { recursive: true });
  await build({
    entryPoints: ['web/main.tsx', 'web/style.css'],
    outdir,
    bundle: true,
    minify: true,
    sourcemap: 'linked',
    format: 'esm',
    // The first browsers with String.prototype.toWellFormed, which lib/wire uses; they are of the end of 2023.
    target: ['chrome111', 'firefox119', 'safari16.4'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'warning',
  });
  for (const file of ['index.html', 'icon.svg']) copyFileSync(join('web', file), join(outdir, file));
  writeFileSync(join(outdir, 'favicon.ico'), await iconFile(readFileSync('web/icon.svg')));
  compressFiles(outdir);
}

/** Compresses the files. A compressed file is left out if it would not be smaller. */
function compressFiles(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(folder, entry.name);
    const bytes = readFileSync(path);
    for (const [ending, compress] of Object.entries(compressors)) {
      const compressed = compress(bytes);
      if (compressed.length < bytes.length) writeFileSync(`${path}${ending}`, compressed);
    }
  }
}

/**
 * Makes the icon for browsers that do not know the page's own icon, or that show something else than the page.
 *
 * @param {Buffer} svg
 * @returns {Promise<Buffer>} an ICO file of PNG pictures: a head, an entry of 16 bytes for each, and then the pictures
 */
async function iconFile(svg) {
  await initWasm(readFileSync(createRequire(import.meta.url).resolve('@resvg/resvg-wasm/index_bg.wasm')));
  const pictures = iconSizes.map((size) =>
    new Resvg(svg, { fitTo: { mode: 'width', value: size } }).render().asPng(),
  );
  const head = Buffer.alloc(6 + 16 * pictures.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(pictures.length, 4);
  let start = head.length;
  for (const [i, picture] of pictures.entries()) {
    const entry = 6 + 16 * i;
    head.writeUInt8(iconSizes[i], entry);
    head.writeUInt8(iconSizes[i], entry + 1);
    head.writeUInt16LE(1, entry + 4);
    head.writeUInt16LE(32, entry + 6);
    head.writeUInt32LE(picture.length, entry + 8);
    head.writeUInt32LE(start, entry + 12);
    start += picture.length;
  }
  return Buffer.concat([head, ...pictures]);
}
