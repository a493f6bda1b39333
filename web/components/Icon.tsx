/** The page's few icons, drawn in the colour of the text beside them. */
const paths = {
  channels: 'M4 6h16M4 12h16M4 18h16',
  members:
    'M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7Zm-6 9c0-3.500 2.700-6 6-6s6 2.500 6 6M16 4.500a3.500 3.500 0 0 1 0 6M18 14.500c2 .900 3 3 3 5.500',
  add: 'M12 5v14M5 12h14',
  edit: 'm4 20 1-4L16.500 4.500a2.100 2.100 0 0 1 3 3L8 19l-4 1Z',
  close: 'm6 6 12 12M18 6 6 18',
  leave: 'M14 4h4a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2h-4M10 8l-4 4 4 4M6 12h9',
  send: 'M12 19V5M6 11l6-6 6 6',
  down: 'M12 5v14M6 13l6 6 6-6',
} as const;

export type IconName = keyof typeof paths;

/** Decoration: what it stands beside has a name in words. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}

/** A button that shows nothing but an icon. */
export function IconButton({
  icon,
  label,
  class: className = '',
  onClick,
}: {
  icon: IconName;
  label: string;
  class?: string;
  onClick: () => void;
}) {
  return (
    <button
      type="button"
      class={`icon-button ${className}`}
      aria-label={label}
      title={label}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}
