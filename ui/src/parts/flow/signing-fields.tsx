// How a webhook task is signed: secret, the previous one while receivers change theirs, and the kinds of signature.
import { Button, Checkbox, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { SecretField } from '../webhook/secret-field.tsx';
import type { FieldsProps } from './form-part.ts';

interface SigningProps extends FieldsProps {
  readonly dropPrevious: boolean;
  readonly onDropPrevious: (drop: boolean) => void;
}

export function SigningFields({ values, errors, stored, set, dropPrevious, onDropPrevious }: SigningProps) {
  const hasStored = stored?.secretKey !== undefined;
  const hasPrevious = stored?.previousSecretKey !== undefined && !dropPrevious;
  const [rotating, setRotating] = useState(false);
  const kinds = [...values.signatures];
  return (
    <section className="form-part" aria-label="Signature">
      <h2 className="form-part-title">Signature</h2>
      <Stack gap="md">
        <SecretField
          label="Secret key"
          help="Receivers check with it that a message is from here. It is never shown again."
          required={false}
          value={values.secretKey}
          error={errors.secretKey}
          keeps={hasStored}
          canInvent
          onChange={(secretKey) => set({ secretKey })}
        />
        {hasStored && !rotating && values.previousSecretKey === '' && (
          <Group gap="sm">
            {hasPrevious ? (
              <>
                <Text size="sm">A previous secret is still signed with.</Text>
                <Button variant="default" size="compact-xs" onClick={() => onDropPrevious(true)}>
                  End the rotation
                </Button>
              </>
            ) : (
              <Button variant="default" size="compact-xs" onClick={() => setRotating(true)}>
                Rotate the secret…
              </Button>
            )}
          </Group>
        )}
        {(rotating || values.previousSecretKey !== '') && (
          <SecretField
            label="Previous secret key"
            help="The one used so far. Messages carry both signatures until you end the rotation."
            required={false}
            value={values.previousSecretKey}
            error={errors.previousSecretKey}
            keeps={hasPrevious}
            canInvent={false}
            onChange={(previousSecretKey) => set({ previousSecretKey })}
          />
        )}
        <Checkbox.Group
          label="Signatures"
          value={kinds}
          error={errors.signatures}
          onChange={(next) => set({ signatures: (['flow', 'standard'] as const).filter((one) => next.includes(one)) })}
        >
          <Stack gap={8} mt={6}>
            <Checkbox value="flow" label="X-Webhook-Signature" description="t=<milliseconds>,sha256=<hex>" />
            <Checkbox
              value="standard"
              label="Standard Webhooks"
              description="webhook-id, webhook-timestamp, webhook-signature: libraries in ten languages check them"
            />
          </Stack>
        </Checkbox.Group>
      </Stack>
    </section>
  );
}
