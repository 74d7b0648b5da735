// Secrets of a webhook: the one it began with and further ones, so that a sender can change its secret without losing a request.
import { Button, Group, Modal, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import type { WebhookConfig } from '../../../../src/http/contract/webhook.ts';
import { api } from '../../api.ts';
import { randomSecret } from '../../model/random-secret.ts';
import { keptOf, secretName } from '../../model/webhook-form.ts';
import { errorText, useAction, usePlatforms } from '../../queries.ts';
import { useSecretUses } from '../../queries-inbound.ts';
import { Moment } from '../clock.tsx';
import { confirm } from '../confirm.tsx';
import { Loaded } from '../page.tsx';

/** The server answers it in place of a stored secret, and keeps the stored one when it is sent back (contract 2.1). */
const KEPT = '***';

export function Rotation({ id, webhook }: { id: string; webhook: WebhookConfig }) {
  const [adding, setAdding] = useState(false);
  const platforms = usePlatforms();
  const further = webhook.secrets ?? [];
  const save = useAction({
    run: (secrets: NonNullable<WebhookConfig['secrets']>) =>
      api.updateWebhook(id, { ...keptOf(webhook), name: webhook.name, verifier: webhook.verifier, secrets }),
    refresh: [['webhook', id], ['webhooks']],
    done: () => 'Saved the secrets',
    toastErrors: false,
    after: () => setAdding(false),
  });
  const remove = (secretId: string) =>
    confirm({
      title: `Remove the secret ${secretId}?`,
      body: 'Requests that are signed with it are refused from now on.',
      action: 'Remove',
      onConfirm: () => save.mutate(further.filter((secret) => secret.id !== secretId)),
    });
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        Every secret in this list is accepted. To change one without losing a request: add the new one here, change it
        at the sender, wait until the old one is used no more, remove it.
      </Text>
      <Loaded query={useSecretUses(id)} what="secrets">
        {(uses) => (
          <ul className="value-list panel" aria-label="Accepted secrets">
            {uses.length === 0 && (
              <li>
                <span className="dim">This webhook is not proven by a secret.</span>
              </li>
            )}
            {uses.map(({ secretId, lastUsedAt }) => (
              <li key={secretId}>
                <b className="hostile">{secretName(secretId, webhook, platforms)}</b>
                <span className="dim">
                  {lastUsedAt ? (
                    <>
                      used <Moment at={lastUsedAt} />
                    </>
                  ) : (
                    'never used'
                  )}
                </span>
                {further.some((secret) => secret.id === secretId) ? (
                  <Button variant="default" size="compact-xs" c="var(--tone-bad)" onClick={() => remove(secretId)}>
                    Remove
                  </Button>
                ) : (
                  <span className="dim">set under Settings</span>
                )}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {save.error && !adding && (
        <div className="notice hostile" data-tone="bad" role="alert">
          {errorText(save.error)}
        </div>
      )}
      <Group>
        <Button leftSection={<Plus size={14} />} onClick={() => setAdding(true)}>
          Add a secret
        </Button>
      </Group>
      {adding && (
        <AddSecret
          taken={further.map((secret) => secret.id)}
          saving={save.isPending}
          error={save.error}
          onClose={() => setAdding(false)}
          onAdd={(secretId, value) =>
            save.mutate([...further.map((secret) => ({ ...secret, value: KEPT })), { id: secretId, value }])
          }
        />
      )}
    </Stack>
  );
}

interface AddSecretProps {
  readonly taken: readonly string[];
  readonly saving: boolean;
  readonly error: unknown;
  readonly onClose: () => void;
  readonly onAdd: (id: string, value: string) => void;
}

function AddSecret({ taken, saving, error, onClose, onAdd }: AddSecretProps) {
  const [name, setName] = useState('');
  const [value, setValue] = useState('');
  const isTaken = taken.includes(name.trim());
  return (
    <Modal opened onClose={onClose} title="Add a secret" size="sm">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onAdd(name.trim(), value);
        }}
      >
        <Stack gap="md">
          {error !== null && error !== undefined && (
            <div className="notice hostile" data-tone="bad" role="alert">
              {errorText(error)}
            </div>
          )}
          <TextInput
            label="Name"
            description="For you, to tell them apart: 2026-11."
            required
            data-autofocus
            value={name}
            error={isTaken ? 'There is a secret of this name.' : undefined}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <PasswordInput
            label="Secret"
            required
            autoComplete="new-password"
            visibilityToggleButtonProps={{ 'aria-label': 'Show the secret' }}
            value={value}
            onChange={(event) => setValue(event.currentTarget.value)}
          />
          <Group justify="space-between" gap="sm">
            <Button variant="subtle" onClick={() => setValue(randomSecret())}>
              Invent one
            </Button>
            <Button type="submit" disabled={name.trim() === '' || value === '' || isTaken} loading={saving}>
              Add
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
