/** A column beside the messages; on a narrow screen it is drawn over them, and takes the focus while it is. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { IconButton } from './Icon.js';

interface Props {
  readonly side: 'channels' | 'members';
  readonly label: string;
  readonly open: boolean;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

export function Drawer({ side, label, open, onClose, children }: Props) {
  const drawer = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!open) return undefined;
    const before = document.activeElement;
    drawer.current?.querySelector('button')?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, [open]);
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: Escape does the same. */}
      {open && <div class="shade" onClick={onClose} />}
      <aside
        id={`drawer-${side}`}
        class={`drawer ${side} ${open ? 'open' : ''}`}
        aria-label={label}
        ref={drawer}
      >
        <IconButton
          icon="close"
          label={`Close ${label.toLowerCase()}`}
          class="narrow-only"
          onClick={onClose}
        />
        {children}
      </aside>
    </>
  );
}
