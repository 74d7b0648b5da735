// Copy buttons: an icon beside a value, and a value that copies itself.
import { ActionIcon, CopyButton, Group, Tooltip } from '@mantine/core';
import { Check, Copy } from 'lucide-react';

export function CopyIcon({ value, label }: { value: string; label: string }) {
  return (
    <CopyButton value={value} timeout={1500}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? 'Copied' : label}>
          <ActionIcon size="sm" aria-label={copied ? 'Copied' : label} onClick={copy}>
            {copied ? <Check size={14} /> : <Copy size={14} />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
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
