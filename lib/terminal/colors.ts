/** The colours for an output stream. There are none if it is not a terminal, or if NO_COLOR is set (no-color.org). */
import { Chalk, type ChalkInstance, supportsColor } from 'chalk';

/** @param output where the text will go */
export function colorsFor(output: { readonly isTTY?: boolean }): ChalkInstance {
  const wanted = output.isTTY === true && !process.env.NO_COLOR;
  return new Chalk({ level: wanted && supportsColor ? supportsColor.level : 0 });
}
