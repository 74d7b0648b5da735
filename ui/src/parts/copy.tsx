// Copy buttons: an icon beside a value, and a value that copies itself.
import { Group } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { Check, Copy } from 'lucide-react';

/** How long the tick stands in for the icon. */
const COPIED_MS = 1_500;

/**
 * A plain button with the browser's own tooltip: tables have one in every row, and Mantine's cost more than the rest of it.
 * A large value is handed in as a function: it is written out when it is wanted.
 */
export function CopyIcon({ value, label }: { value: string | (() => string); label: string }) {
  const { copied, copy } = useClipboard({ timeout: COPIED_MS });
  const words = copied ? 'Copied' : label;
  return (
    <button
      type="button"
      className="copy-icon"
      title={words}
      aria-label={words}
      onClick={() => copy(typeof value === 'string' ? value : value())}
    >
      {copied ? <Check size={14} /> : <Copy size={14} />}
    </button>
  );
}

/** An id or address in monospace with its copy button. */
export function CopyValue({ value, label }: { value: string; label: string }) {
  return (
    <Group gap={4} wrap="nowrap" style={{ minWidth: 0, display: 'inline-flex' }}>
      <span className="mono hostile">{value}</span>
      <CopyIcon value={value} label={label} />
    </Group>
  );
}
