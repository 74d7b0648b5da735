// The address of a webhook to copy, and whether it has been verified.
import { Button, CopyButton, Group, Text } from '@mantine/core';
import { BadgeCheck, Check, CircleDashed, Copy } from 'lucide-react';
import { webhookUrl } from '../../api.ts';

export function Verified({ verified }: { verified: boolean }) {
  return (
    <span className="verified" data-tone={verified ? 'good' : 'wait'} data-verified={verified}>
      {verified ? <BadgeCheck size={15} aria-hidden="true" /> : <CircleDashed size={15} aria-hidden="true" />}
      {verified ? 'Verified' : 'Unverified'}
    </span>
  );
}

export function UrlBox({ id }: { id: string }) {
  const url = webhookUrl(id);
  return (
    <Group className="url-box" gap={10} wrap="nowrap">
      <Text size="xs" c="dimmed" fw={600}>
        URL
      </Text>
      <span className="mono url" data-webhook-url>
        {url}
      </span>
      <CopyButton value={url} timeout={1500}>
        {({ copied, copy }) => (
          <Button
            variant="default"
            onClick={copy}
            leftSection={copied ? <Check size={14} /> : <Copy size={14} />}
            ml="auto"
          >
            {copied ? 'Copied' : 'Copy URL'}
          </Button>
        )}
      </CopyButton>
    </Group>
  );
}
