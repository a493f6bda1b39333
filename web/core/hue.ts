/** A colour for each name: everybody sees the same name in the same one. */
import { normalForm } from '../../lib/wire/names.js';

/** As many as style.css has classes `hue-0`, `hue-1`, … */
export const hues = 12;

/** @returns from 0 to `hues` - 1, the same for all spellings of a name that are the same name */
export function hueOf(name: string): number {
  // FNV-1a, which spreads short and similar names well.
  let hash = 0x811c9dc5;
  for (const character of normalForm(name)) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  return (hash >>> 0) % hues;
}
