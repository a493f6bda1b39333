/** Changes one's own name, in all channels. */
import type { Dialog } from '../core/state.js';
import type { Dispatch } from '../runtime.js';
import { Field, typedIn } from './Field.js';
import { Modal } from './Modal.js';

interface Props {
  readonly dialog: Extract<Dialog, { kind: 'rename' }>;
  readonly me: string;
  readonly dispatch: Dispatch;
}

export function RenameDialog({ dialog: { busy, problem }, me, dispatch }: Props) {
  return (
    <Modal title="Change your name" onClose={() => dispatch({ type: 'close-dialog' })}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          dispatch({ type: 'rename', name: typedIn(event.currentTarget, 'new-name') });
        }}
      >
        <Field id="new-name" label="New name" initial={me} problem={problem?.message} focus />
        <div class="actions">
          <button type="submit" class="primary" disabled={busy}>
            {busy ? 'Changing…' : 'Change'}
          </button>
        </div>
      </form>
    </Modal>
  );
}
