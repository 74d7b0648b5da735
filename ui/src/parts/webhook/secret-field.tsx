// What a platform asks for: secrets, which are never shown again, and plain values.
import { Anchor, PasswordInput, Select, TextInput } from '@mantine/core';
import { randomSecret } from '../../model/random-secret.ts';
import type { WebhookPlatform } from '../../model/webhook-platform.ts';

interface SecretFieldProps {
  readonly label: string;
  readonly help: string;
  readonly required: boolean;
  readonly value: string;
  readonly error: string | undefined;
  /** A secret is stored and stays unless a new one is entered. */
  readonly keeps: boolean;
  /** The person makes it up, so the page can as well. */
  readonly canInvent: boolean;
  readonly onChange: (value: string) => void;
}

export function SecretField({ label, help, required, value, error, keeps, canInvent, onChange }: SecretFieldProps) {
  return (
    <PasswordInput
      label={label}
      description={
        <>
          {help}
          {canInvent && (
            <>
              {' '}
              <Anchor component="button" type="button" inherit onClick={() => onChange(randomSecret())}>
                Invent one
              </Anchor>
            </>
          )}
        </>
      }
      required={required}
      placeholder={keeps ? 'Saved. Enter a new one to replace it.' : undefined}
      value={value}
      error={error}
      autoComplete="new-password"
      visibilityToggleButtonProps={{ 'aria-label': `Show the ${label.toLowerCase()}` }}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

interface PlatformFieldProps {
  readonly field: NonNullable<WebhookPlatform['fields']>[number];
  readonly value: string;
  readonly error: string | undefined;
  readonly keeps: boolean;
  readonly onChange: (value: string) => void;
}

/** A field of a platform of the server's catalogue. */
export function PlatformField({ field, value, error, keeps, onChange }: PlatformFieldProps) {
  const { label, help, required, secret, options = [] } = field;
  if (secret)
    return (
      <SecretField
        label={label}
        help={help}
        required={required}
        value={value}
        error={error}
        keeps={keeps}
        canInvent={false}
        onChange={onChange}
      />
    );
  const words = { label, description: help, required, error };
  if (field.kind === 'choice')
    return <Select {...words} data={[...options]} value={value || null} onChange={(next) => onChange(next ?? '')} />;
  return <TextInput {...words} value={value} onChange={(event) => onChange(event.currentTarget.value)} />;
}
