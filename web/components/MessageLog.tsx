/** The lines of one conversation. Stays at the newest one, unless the reader has scrolled up. */
import { useCallback, useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { ChannelView, DirectView, Line } from '../core/channel-view.js';
import { pageLimits } from '../core/limits.js';
import type { Dispatch } from '../runtime.js';
import { Icon } from './Icon.js';
import { LineView } from './LineView.js';
import { isSameDay } from './when.js';

/** So near to the end counts as at the end, in pixels: fractions, and a finger that slipped. */
const nearBottomPx = 48;

interface Props {
  readonly id: string;
  readonly view: ChannelView | DirectView;
  readonly atBottom: boolean;
  readonly dispatch: Dispatch;
}

export function MessageLog({ id, view, atBottom, dispatch }: Props) {
  const log = useRef<HTMLDivElement>(null);
  const follows = useRef(atBottom);
  follows.current = atBottom;

  const follow = useCallback(() => {
    if (follows.current && log.current) log.current.scrollTop = log.current.scrollHeight;
  }, []);
  useLayoutEffect(follow, [view.lines, atBottom]);
  useEffect(() => {
    if (!log.current) return undefined;
    // A keyboard that opens, a window made smaller: the newest line stays in sight.
    const observer = new ResizeObserver(follow);
    observer.observe(log.current);
    return () => observer.disconnect();
  }, [follow]);

  const onScroll = () => {
    if (!log.current) return;
    const { scrollHeight, scrollTop, clientHeight } = log.current;
    const isNear = scrollHeight - scrollTop - clientHeight <= nearBottomPx;
    if (isNear !== follows.current) dispatch({ type: 'scrolled', atBottom: isNear });
  };

  return (
    <div class="log-frame">
      <div
        class="log"
        ref={log}
        role="log"
        aria-label={view.kind === 'channel' ? `Messages in ${view.name}` : `Messages with ${view.name}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached from the keyboard.
        tabIndex={0}
        onScroll={onScroll}
      >
        {view.lines.length === 0 && (
          <p class="empty">
            {view.kind === 'channel'
              ? 'Nothing has been said since you came in, and nothing from before is kept.'
              : `What is said here, only you and ${view.name} are shown. Nothing is kept.`}
          </p>
        )}
        {view.lines.map((line, place) => {
          const before = view.lines[place - 1];
          const newDay = before === undefined || !isSameDay(before.atMs, line.atMs);
          return (
            <LineView
              key={line.key}
              line={line}
              id={id}
              newDay={newDay}
              headed={newDay || !continues(before, line)}
              dispatch={dispatch}
            />
          );
        })}
      </div>
      {!atBottom && (
        <button
          type="button"
          class="to-bottom"
          onClick={() => dispatch({ type: 'scrolled', atBottom: true })}
        >
          <Icon name="down" />
          {view.unread === 0
            ? 'To the newest'
            : `${view.unread} new ${view.unread === 1 ? 'message' : 'messages'}`}
        </button>
      )}
    </div>
  );
}

/** Whether a line stands under the heading of the one before it. */
function continues(before: Line | undefined, line: Line): boolean {
  return (
    before?.kind === 'message' &&
    line.kind === 'message' &&
    before.from === line.from &&
    line.atMs - before.atMs <= pageLimits.sameHeadingMs
  );
}
