/** A user's name in its colour; set apart from the text around it, whichever way its script runs. */
import { withFewMarks } from '../../lib/wire/marks.js';
import { hueOf } from '../core/hue.js';

export function Name({ name }: { name: string }) {
  return <bdi class={`name hue-${hueOf(name)}`}>{withFewMarks(name)}</bdi>;
}
