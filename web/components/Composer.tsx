/** Where one writes. Enter sends, Shift+Enter begins a new line; each conversation keeps its own draft. */
import type { TargetedKeyboardEvent } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { problemWithEntered } from '../core/entered.js';
import type { Dispatch } from '../runtime.js';
import { Icon } from './Icon.js';

interface Props {
  /** The conversation that it is for, and what that is called. */
  readonly id: string;
  readonly name: string;
  readonly isDirect: boolean;
  readonly dispatch: Dispatch;
}

export function Composer({ id, name, isDirect, dispatch }: Props) {
  const input = useRef<HTMLTextAreaElement>(null);
  const drafts = useRef(new Map<string, string>());
  const [problem, setProblem] = useState<string>();

  useLayoutEffect(() => {
    if (!input.current) return;
    input.current.value = drafts.current.get(id) ?? '';
    setProblem(undefined);
    // On a phone this would open the keyboard over what one came to read.
    if (matchMedia('(pointer: fine)').matches) input.current.focus();
  }, [id]);

  const keepDraft = () => {
    drafts.current.set(id, input.current?.value ?? '');
    if (problem !== undefined) setProblem(undefined);
  };
  const send = () => {
    const text = input.current?.value ?? '';
    if (!input.current || text.trim() === '') return;
    const found = problemWithEntered(text);
    setProblem(found);
    if (found !== undefined) return;
    drafts.current.delete(id);
    input.current.value = '';
    input.current.focus();
    dispatch({ type: 'say', id, text });
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLTextAreaElement>) => {
    // While an input method composes a character, Enter belongs to it.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {problem !== undefined && (
        <p class="problem" id="composer-problem" role="alert">
          {problem}
        </p>
      )}
      <label class="unseen" for="composer-input">
        Message to {name}
      </label>
      <textarea
        id="composer-input"
        ref={input}
        rows={1}
        dir="auto"
        placeholder={isDirect ? `Write to ${name} alone` : 'Write a message'}
        enterkeyhint="send"
        aria-invalid={problem !== undefined}
        aria-describedby={problem === undefined ? undefined : 'composer-problem'}
        onInput={keepDraft}
        onKeyDown={onKeyDown}
      />
      <button type="submit" class="send" aria-label="Send" title="Send">
        <Icon name="send" />
      </button>
    </form>
  );
}
