/** Colours for one output stream: none when it is no terminal, or when NO_COLOR says so (no-color.org). */
import { Chalk, type ChalkInstance, supportsColor } from 'chalk';

/** @param output where the text will go */
export function colorsFor(output: { readonly isTTY?: boolean }): ChalkInstance {
  const wanted = output.isTTY === true && !process.env.NO_COLOR;
  return new Chalk({ level: wanted && supportsColor ? supportsColor.level : 0 });
}
