/** One line of a conversation. Drawn again only when it has changed. */
import { Component, type ComponentChild, Fragment } from 'preact';
import { withFewMarks } from '../../lib/wire/marks.js';
import type { Line } from '../core/channel-view.js';
import type { Dispatch } from '../runtime.js';
import { MessageText } from './MessageText.js';
import { Name } from './Name.js';
import { dayOf, isoOf, timeOf, wholeOf } from './when.js';

interface LineProps {
  readonly line: Line;
  /** The conversation that it is of. */
  readonly id: string;
  /** Whether the day begins with it. */
  readonly newDay: boolean;
  /** Whether it stands under a heading of its own, and not under that of the message before it. */
  readonly headed: boolean;
  readonly dispatch: Dispatch;
}

export class LineView extends Component<LineProps> {
  override shouldComponentUpdate(next: LineProps): boolean {
    const { line, newDay, headed } = this.props;
    return line !== next.line || newDay !== next.newDay || headed !== next.headed;
  }

  override render({ line, id, newDay, headed, dispatch }: LineProps): ComponentChild {
    return (
      <>
        {newDay && <p class="day">{dayOf(line.atMs)}</p>}
        {line.kind === 'message' ? (
          <Message line={line} id={id} headed={headed} dispatch={dispatch} />
        ) : (
          <p class={`aside ${line.kind}`} title={wholeOf(line.atMs)}>
            <Aside line={line} />
          </p>
        )}
      </>
    );
  }
}

type MessageLine = Extract<Line, { kind: 'message' }>;

function Message({
  line,
  id,
  headed,
  dispatch,
}: {
  line: MessageLine;
  id: string;
  headed: boolean;
  dispatch: Dispatch;
}) {
  const { from, atMs, text, own, key } = line;
  return (
    <div class={`message ${headed ? 'headed' : ''} ${own?.status ?? ''}`}>
      <p class={headed ? 'heading' : 'heading unseen'}>
        <Name name={from} />{' '}
        <time dateTime={isoOf(atMs)} title={wholeOf(atMs)}>
          {timeOf(atMs)}
        </time>
      </p>
      <MessageText text={text} />
      {own?.status === 'pending' && <span class="unseen">Not confirmed yet</span>}
      {own?.status === 'failed' && (
        <p class="failure">
          <span>Not sent: {own.why}</span>
          <button type="button" onClick={() => dispatch({ type: 'resend', id, key })}>
            Send again
          </button>
          <button type="button" onClick={() => dispatch({ type: 'discard', id, key })}>
            Discard
          </button>
        </p>
      )}
    </div>
  );
}

function Aside({ line }: { line: Exclude<Line, MessageLine> }) {
  switch (line.kind) {
    case 'notice':
      return <span dir="auto">{withFewMarks(line.text)}</span>;
    case 'nick':
      return (
        <>
          <Name name={line.from} /> is now <Name name={line.to} />
        </>
      );
    case 'presence':
      return <Presence line={line} />;
  }
}

function Presence({ line }: { line: Extract<Line, { kind: 'presence' }> }) {
  const { names, count, change, reason } = line;
  const others = count - names.length;
  return (
    <>
      {names.map((name, place) => (
        <Fragment key={place}>
          {place > 0 && (place === count - 1 ? ' and ' : ', ')}
          <Name name={name} />
        </Fragment>
      ))}
      {others > 0 && ` and ${others === 1 ? '1 other' : `${others} others`}`}
      {change === 'join' ? ' joined' : ' left'}
      {reason !== undefined && <span dir="auto"> ({reason})</span>}
    </>
  );
}
