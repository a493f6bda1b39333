/** Bundles the browser client from web/ into a folder: one HTML file, one script, one style sheet, nothing external. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/** @param {string} outdir the folder to make */
export async function buildWeb(outdir) {
  mkdirSync(outdir, { recursive: true });
  await build({
    entryPoints: ['web/main.tsx', 'web/style.css'],
    outdir,
    bundle: true,
    minify: true,
    sourcemap: 'linked',
    format: 'esm',
    target: ['es2022'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'warning',
  });
  for (const file of ['index.html', 'icon.svg']) copyFileSync(join('web', file), join(outdir, file));
}
