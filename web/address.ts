/** The channel in the page's address: `http://server:8546/#lobby` is a door to #lobby that can be handed on. */

/** @returns '' without one */
export function channelInAddress(): string {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return '';
  }
}

/** Puts a channel into the address, without a step in the browser's history. */
export function showInAddress(channel: string): void {
  const hash = `#${encodeURIComponent(channel)}`;
  if (location.hash !== hash) history.replaceState(null, '', hash);
}
