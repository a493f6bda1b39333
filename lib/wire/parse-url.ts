/**
 * Parses an absolute URL (the WHATWG's URL standard).
 *
 * `URL.canParse` is not asked first: in Node 20 it says no to characters such as `ü` once it has been called often
 * enough to be compiled.
 *
 * @returns undefined for what is no URL
 */
export function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
