/** Joins a further channel: by its name, or picked from those of the network. */
import type { Dialog } from '../core/state.js';
import type { Dispatch } from '../runtime.js';
import { Field, typedIn } from './Field.js';
import { Modal } from './Modal.js';

type JoinState = Extract<Dialog, { kind: 'join' }>;

export function JoinDialog({ dialog, dispatch }: { dialog: JoinState; dispatch: Dispatch }) {
  const { busy, problem, directory, more } = dialog;
  return (
    <Modal title="Join a channel" onClose={() => dispatch({ type: 'close-dialog' })}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          dispatch({ type: 'join', channel: typedIn(event.currentTarget, 'new-channel') });
        }}
      >
        <Field id="new-channel" label="Channel" initial="" problem={problem?.message} focus />
        <div class="actions">
          <button type="submit" class="primary" disabled={busy}>
            {busy ? 'Joining…' : 'Join'}
          </button>
        </div>
      </form>
      <section class="directory" aria-label="Channels of this network">
        <h3>On this network now</h3>
        {directory === undefined && <p class="hint">Asking…</p>}
        {directory?.length === 0 && <p class="hint">There are none.</p>}
        <ul>
          {directory?.map(({ channel, members }) => (
            <li key={channel}>
              <button type="button" class="channel" onClick={() => dispatch({ type: 'join', channel })}>
                <bdi>#{channel}</bdi>
                <span class="count">{members === 1 ? '1 member' : `${members} members`}</span>
              </button>
            </li>
          ))}
        </ul>
        {more > 0 && <p class="hint">And {more} smaller ones.</p>}
      </section>
    </Modal>
  );
}
