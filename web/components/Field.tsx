/** A labelled line of input that can say what is wrong with it. */
import { useEffect, useRef } from 'preact/hooks';

interface Props {
  readonly id: string;
  readonly label: string;
  readonly initial: string;
  readonly problem: string | undefined;
  readonly focus?: boolean;
  readonly autoComplete?: string;
  readonly disabled?: boolean;
}

export function Field({ id, label, initial, problem, focus = false, autoComplete = 'off', disabled }: Props) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (focus) input.current?.focus();
  }, [focus]);
  useEffect(() => {
    if (problem !== undefined) input.current?.focus();
  }, [problem, disabled]);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        name={id}
        ref={input}
        type="text"
        required
        defaultValue={initial}
        disabled={disabled}
        autoComplete={autoComplete}
        autoCapitalize="none"
        spellcheck={false}
        aria-invalid={problem !== undefined}
        aria-describedby={problem === undefined ? undefined : `${id}-problem`}
      />
      {problem !== undefined && (
        <p class="problem" id={`${id}-problem`} role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

/** What was typed into a field of a form that is being submitted. */
export function typedIn(form: HTMLFormElement, id: string): string {
  const value = new FormData(form).get(id);
  return typeof value === 'string' ? value.trim() : '';
}
