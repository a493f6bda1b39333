/** The source files of this project as text, and what they import. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

export interface SourceFile {
  /** From the root, with slashes: `lib/wire/names.ts`. */
  readonly path: string;
  readonly text: string;
  /**
   * What the file imports: files of this project as paths from the root, without endings; modules of Node and packages
   * by name.
   */
  readonly imports: readonly string[];
}

/** All files of source in some folders and beneath them, and those at the top level. */
export function sourceFiles(folders: readonly string[]): SourceFile[] {
  const below = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => posix.relative(root, join(entry.parentPath, entry.name))),
  );
  return [...readdirSync(root), ...below]
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      return { path, text, imports: importsOf(path, text) };
    });
}

/** Source without its comments. A string with `//` or `/*` in it loses its rest, which does no harm here. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*.*?\*\//gs, '').replace(/\/\/.*$/gm, '');
}

export function importsOf(path: string, text: string): string[] {
  const statements = withoutComments(text).matchAll(
    /^\s*(?:import|export)\b[^;'"]*?\bfrom\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]|\bimport\s*\(\s*['"]([^'"]+)['"]/gm,
  );
  return [...statements].map(([, from, bare, dynamic]) => {
    const name = from ?? bare ?? dynamic ?? '';
    return name.startsWith('.') ? posix.join(posix.dirname(path), name).replace(/\.[jt]sx?$/, '') : name;
  });
}
