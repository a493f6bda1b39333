/** A user's name in its colour; set apart from the text around it, whichever way its script runs. */
import { hueOf } from '../core/hue.js';

export function Name({ name }: { name: string }) {
  return <bdi class={`name hue-${hueOf(name)}`}>{name}</bdi>;
}
