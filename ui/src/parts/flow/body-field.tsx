// The body of a webhook task, with the references that can be put in where the cursor stands.
import { Textarea, Tooltip, UnstyledButton } from '@mantine/core';
import { useRef } from 'react';
import { bodyReferences } from '../../model/flow-webhook-form.ts';
import type { FieldsProps } from './form-part.ts';

export function BodyField({ values, errors, set, taskRefs }: FieldsProps & { readonly taskRefs: readonly string[] }) {
  const area = useRef<HTMLTextAreaElement>(null);
  const insert = (text: string) => {
    const { selectionStart = values.body.length, selectionEnd = values.body.length } = area.current ?? {};
    set({ body: values.body.slice(0, selectionStart) + text + values.body.slice(selectionEnd) });
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(selectionStart + text.length, selectionStart + text.length);
    });
  };
  return (
    <div>
      <Textarea
        ref={area}
        label="Body"
        description="A template: references are replaced when it is sent, escaped for the place where they stand. $$ is a dollar sign."
        autosize
        minRows={4}
        maxRows={16}
        spellCheck={false}
        value={values.body}
        error={errors.body}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } }}
        onChange={(event) => set({ body: event.currentTarget.value })}
      />
      <fieldset className="chips" aria-label="References to insert">
        {bodyReferences(taskRefs).map(({ text, help }) => (
          <Tooltip key={text} label={help}>
            <UnstyledButton className="chip-button" aria-label={`Insert ${text}`} onClick={() => insert(text)}>
              {text}
            </UnstyledButton>
          </Tooltip>
        ))}
      </fieldset>
    </div>
  );
}
