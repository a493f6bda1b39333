/** Checks of the fields of frames between servers. [PEERING 2] */

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 512;
}

export function isServerName(value: unknown): value is string {
  return typeof value === 'string' && /^[^\p{C}\p{Z}]{1,64}$/u.test(value);
}

export function isHex(value: unknown, digits: number): value is string {
  return typeof value === 'string' && value.length === digits && /^[0-9a-f]+$/.test(value);
}

/** A whole number from 0 to a maximum. */
export function isNumber(value: unknown, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most;
}
