/** Runs a program with limits other than those of lib/limits.ts. */
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { limits } from '../../lib/limits.js';

const file = pathToFileURL(fileURLToPath(new URL('../../lib/limits.js', import.meta.url)));

/** @returns options of Node itself */
export function otherLimits(changes: { readonly [K in keyof typeof limits]?: number }): string[] {
  const code = `import { limits } from '${file}'; Object.assign(limits, ${JSON.stringify(changes)});`;
  return ['--import', `data:text/javascript,${encodeURIComponent(code)}`];
}
