// What to do on the platform's side, step by step, and what turns the URL to Verified.
import { Anchor, Text } from '@mantine/core';
import { ExternalLink } from 'lucide-react';
import type { WebhookPlatform } from '../../model/webhook-platform.ts';

export function Guide({ platform }: { platform: WebhookPlatform }) {
  return (
    <div>
      <ol className="steps">
        {platform.guide.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <Text size="xs" c="dimmed" mt={10}>
        The URL turns to Verified with {platform.verifiedBy}.{' '}
        {platform.docs && (
          <Anchor href={platform.docs} target="_blank" rel="noreferrer" inherit underline="always">
            {platform.name} documentation <ExternalLink size={11} aria-hidden="true" />
          </Anchor>
        )}
      </Text>
    </div>
  );
}
