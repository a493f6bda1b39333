/** The join form: who one is, and where one wants to go. */
import type { ErrorCode } from '../../lib/wire/errors.js';
import type { State } from '../core/state.js';
import { statusOf } from '../core/status.js';
import type { Dispatch } from '../runtime.js';
import { Field, typedIn } from './Field.js';

interface Props {
  readonly state: State;
  readonly dispatch: Dispatch;
  readonly firstName: string;
  readonly firstChannel: string;
}

const ofName: ReadonlySet<ErrorCode> = new Set(['bad-name', 'name-taken']);
const ofChannel: ReadonlySet<ErrorCode> = new Set(['bad-channel', 'too-many-channels']);

export function Door({ state, dispatch, firstName, firstChannel }: Props) {
  const { phase, doorProblem } = state;
  const busy = phase === 'entering';
  const name = state.me || firstName;
  const problemOf = (codes: ReadonlySet<ErrorCode>) =>
    doorProblem && codes.has(doorProblem.code) ? doorProblem.message : undefined;
  const elsewhere =
    doorProblem && !ofName.has(doorProblem.code) && !ofChannel.has(doorProblem.code)
      ? doorProblem.message
      : undefined;

  return (
    <main class="door">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const channel = typedIn(event.currentTarget, 'channel');
          dispatch({
            type: 'enter',
            name: typedIn(event.currentTarget, 'name'),
            channels: [channel],
            current: channel,
            returning: false,
          });
        }}
      >
        <h1>
          <img src="icon.svg" alt="" width="32" height="32" /> Hearsay
        </h1>
        <p class="about">Everybody in a channel hears what is said in it. Nothing is stored.</p>
        <Field
          id="name"
          label="Your name"
          initial={name}
          problem={problemOf(ofName)}
          focus={name === ''}
          autoComplete="nickname"
          disabled={busy}
        />
        <Field
          id="channel"
          label="Channel"
          initial={state.current ?? firstChannel}
          problem={problemOf(ofChannel)}
          focus={name !== ''}
          disabled={busy}
        />
        {elsewhere !== undefined && (
          <p class="problem" role="alert">
            {elsewhere}
          </p>
        )}
        <div class="actions">
          {busy && (
            <button type="button" onClick={() => dispatch({ type: 'quit' })}>
              Cancel
            </button>
          )}
          <button type="submit" class="primary" disabled={busy}>
            Join
          </button>
        </div>
        <p class="progress" role="status">
          {statusOf(state)?.text}
        </p>
      </form>
    </main>
  );
}
