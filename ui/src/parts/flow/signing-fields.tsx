// How a webhook task is signed: secret, the previous one while receivers change theirs, and the kinds of signature.
import { Button, Checkbox, Group, Stack, Text } from '@mantine/core';
import { MASK } from '../../model/flow-webhook-form.ts';
import { SecretField } from '../webhook/secret-field.tsx';
import type { FieldsProps } from './form-part.ts';

interface SigningProps extends FieldsProps {
  readonly dropPrevious: boolean;
  readonly onDropPrevious: (drop: boolean) => void;
}

export function SigningFields({ values, errors, stored, set, dropPrevious, onDropPrevious }: SigningProps) {
  const hasStored = stored?.secretKey !== undefined;
  const hasPrevious = stored?.previousSecretKey !== undefined && !dropPrevious;
  const rotating = values.previousSecretKey !== '';
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
        {hasStored && !rotating && (
          <Group gap="sm">
            {hasPrevious ? (
              <>
                <Text size="sm">A previous secret is still signed with.</Text>
                <Button variant="default" size="compact-xs" onClick={() => onDropPrevious(true)}>
                  End the rotation
                </Button>
              </>
            ) : (
              <Button variant="default" size="compact-xs" onClick={() => set({ previousSecretKey: MASK })}>
                Rotate the secret…
              </Button>
            )}
          </Group>
        )}
        {rotating && (
          <Text size="sm">
            Enter or invent the new secret above. The one used so far signs beside it until you end the rotation.
          </Text>
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
