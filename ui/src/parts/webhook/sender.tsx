// A sample request of the platform, signed in this page with a secret that one pastes: as cURL, or sent at once.
import { Button, Group, PasswordInput, Stack, Text, Textarea } from '@mantine/core';
import { FlaskConical, Send } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { WebhookConfig } from '../../../../src/http/contract/webhook.ts';
import { api, callWebhook, webhookUrl } from '../../api.ts';
import { curlCommand } from '../../model/curl.ts';
import { type Signed, sign } from '../../model/signature.ts';
import { CUSTOM, platformOf } from '../../model/webhook-platform.ts';
import { useAction, usePlatforms } from '../../queries.ts';
import { Payload } from '../payload.tsx';
import { DryRunResult } from './dry-run.tsx';

/** Senders whose signatures carry a time must not be older than five minutes: the sample is signed anew before that. */
const RESIGN_MS = 60_000;

export function Sender({ id, webhook }: { id: string; webhook: WebhookConfig }) {
  const platform = platformOf(webhook, usePlatforms()) ?? CUSTOM;
  const [secret, setSecret] = useState('');
  const [body, setBody] = useState(platform.sample.body);
  const [signed, setSigned] = useState<Signed>({ ok: true, headers: {} });
  const [now, setNow] = useState(() => Date.now());
  const url = webhookUrl(id);
  const { contentType } = platform.sample;
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), RESIGN_MS);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => {
    let current = true;
    void sign(platform.recipe, secret, webhook.headers ?? {}, { url, body, contentType, now }).then((result) => {
      if (current) setSigned(result);
    });
    return () => {
      current = false;
    };
  }, [platform, secret, webhook.headers, url, body, contentType, now]);
  const headers = {
    'Content-Type': contentType,
    ...platform.sample.headers,
    ...(signed.ok ? signed.headers : {}),
  };
  const send = useAction({
    run: async () => {
      const status = await callWebhook(id, headers, body);
      if (status >= 400) throw new Error(`The server answered ${status}: look at the verdict of the event.`);
      return status;
    },
    refresh: [['events', id], ['webhook', id], ['webhooks']],
    done: (status) => `Sent. The server answered ${status}.`,
  });
  const sample = useAction<void, { status: number; reason?: string }>({
    run: () => api.sendSample(id, body),
    refresh: [['events', id], ['webhook', id], ['webhooks']],
    done: ({ status, reason }) => `The server sent it to itself and heard ${status}${reason ? `: ${reason}` : ''}.`,
  });
  const dryRun = useAction({ run: () => api.dryRunSample(id, body) });
  const byServer = platform.recipe.type === 'server';
  const asksSecret = platform.recipe.type === 'hmac';
  return (
    <Stack gap="md">
      {asksSecret && (
        <PasswordInput
          label={platform.secret?.label ?? 'Secret'}
          description="Used in this page only, to compute the signature. It is not sent and not stored."
          value={secret}
          autoComplete="off"
          maw={480}
          visibilityToggleButtonProps={{ 'aria-label': 'Show the secret' }}
          onChange={(event) => setSecret(event.currentTarget.value)}
        />
      )}
      <Textarea
        label="Body"
        description={contentType}
        autosize
        minRows={4}
        maxRows={16}
        spellCheck={false}
        value={body}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } }}
        onChange={(event) => setBody(event.currentTarget.value)}
      />
      {!signed.ok && (
        <Text size="sm" className="notice" data-tone="wait">
          {signed.reason}
        </Text>
      )}
      <Payload label="cURL command" text={curlCommand({ method: 'POST', url, headers, body })} />
      <Payload
        label="Command"
        text={`fermata send-sample ${id} --server ${new URL('.', new URL('..', url)).href.replace(/\/$/, '')}`}
      />
      <Group>
        <Button
          leftSection={<Send size={14} />}
          loading={send.isPending}
          disabled={byServer || platform.recipe.type === 'publicKey'}
          onClick={() => send.mutate()}
        >
          Send it now
        </Button>
        <Button variant="default" loading={sample.isPending} onClick={() => sample.mutate()}>
          Sign and send by the server
        </Button>
        <Button
          variant="default"
          leftSection={<FlaskConical size={14} />}
          loading={dryRun.isPending}
          onClick={() => dryRun.mutate()}
        >
          Dry run
        </Button>
      </Group>
      <Text size="xs" c="dimmed">
        The first two are real requests to the URL above and may complete and start executions; the server signs with
        the stored secret. A dry run shows what would happen and stores nothing.
      </Text>
      {dryRun.data && <DryRunResult result={dryRun.data} />}
    </Stack>
  );
}
