// Asks for the key of the installation when the server demands one; afterwards everything is fetched anew.
import { Button, Modal, PasswordInput, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { ApiError, signIn } from '../api.ts';
import { errorText, useAction } from '../queries.ts';

const isDenied = (error: unknown): boolean => error instanceof ApiError && error.status === 401;

export function SignIn() {
  const client = useQueryClient();
  const [needed, setNeeded] = useState(false);
  const [key, setKey] = useState('');
  useEffect(
    () =>
      client.getQueryCache().subscribe((event) => {
        if (event.type === 'updated' && isDenied(event.query.state.error)) setNeeded(true);
      }),
    [client],
  );
  const enter = useAction<void, void>({
    run: () => signIn(key),
    toastErrors: false,
    after: () => {
      setNeeded(false);
      setKey('');
      void client.resetQueries();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    enter.mutate();
  };
  return (
    <Modal opened={needed} onClose={() => setNeeded(false)} title="This installation has a key" size="sm">
      <form onSubmit={submit}>
        <Stack gap="md">
          <Text size="sm" c="dimmed">
            Enter the value of FERMATA_API_KEY. It is exchanged for a token, which this tab keeps until it is closed.
          </Text>
          <PasswordInput
            label="Key"
            data-autofocus
            autoComplete="current-password"
            value={key}
            error={enter.error ? errorText(enter.error) : undefined}
            visibilityToggleButtonProps={{ 'aria-label': 'Show the key' }}
            onChange={(event) => setKey(event.currentTarget.value)}
          />
          <Button type="submit" loading={enter.isPending} disabled={key === ''}>
            Sign in
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
