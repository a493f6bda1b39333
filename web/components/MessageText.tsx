/** What somebody said. It becomes text nodes, and links where it has web addresses; never HTML. */
import { withFewMarks } from '../../lib/wire/marks.js';
import { splitLinks } from '../core/links.js';

export function MessageText({ text }: { text: string }) {
  return (
    <p class="text" dir="auto">
      {splitLinks(withFewMarks(text)).map((part) =>
        part.href === undefined ? (
          part.text
        ) : (
          <a href={part.href} target="_blank" rel="noopener noreferrer nofollow">
            {part.text}
          </a>
        ),
      )}
    </p>
  );
}
