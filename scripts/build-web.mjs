/** Bundles the browser client from web/ into a folder: one HTML file, one script, one style sheet, nothing external. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

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
    // The first with String.prototype.toWellFormed, which lib/wire uses: browsers since the end of 2023.
    target: ['chrome111', 'firefox119', 'safari16.4'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'warning',
  });
  for (const file of ['index.html', 'icon.svg']) copyFileSync(join('web', file), join(outdir, file));
}
