/**
 * What the page remembers in the browser: one's name for the next visit, and where this tab is for a reload.
 * A browser may refuse either (private windows, blocked storage); then the page just does not remember.
 */

export interface Place {
  readonly name: string;
  readonly channels: readonly string[];
  readonly current: string;
}

const nameKey = 'hearsay.name';
/** Several servers may be behind one proxy, and so have one origin, each in a folder of its own. */
const placeKey = `hearsay.place ${new URL('.', location.href).pathname}`;

export function rememberedName(): string {
  return attempt(() => localStorage.getItem(nameKey)) ?? '';
}

/** @returns undefined in a tab that was not in a channel before */
export function rememberedPlace(): Place | undefined {
  const place: unknown = attempt(() => JSON.parse(sessionStorage.getItem(placeKey) ?? 'null'));
  return isPlace(place) ? place : undefined;
}

/** @param place undefined when the tab is in no channel any more */
export function rememberPlace(place: Place | undefined): void {
  attempt(() => {
    if (place) {
      localStorage.setItem(nameKey, place.name);
      sessionStorage.setItem(placeKey, JSON.stringify(place));
    } else {
      sessionStorage.removeItem(placeKey);
    }
  });
}

function isPlace(value: unknown): value is Place {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    typeof value.name === 'string' &&
    'current' in value &&
    typeof value.current === 'string' &&
    'channels' in value &&
    Array.isArray(value.channels) &&
    value.channels.every((channel) => typeof channel === 'string')
  );
}

function attempt<T>(access: () => T): T | undefined {
  try {
    return access();
  } catch {
    return undefined;
  }
}
