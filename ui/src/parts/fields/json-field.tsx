// A small JSON value in a form: kept as typed while it is no JSON, handed on when it is. Empty means absent.
import { Textarea } from '@mantine/core';
import { useEffect, useState } from 'react';
import { parseExact, placeOf, prettyJson, scanJson } from '../../model/json-text.ts';

interface JsonFieldProps {
  readonly label: string;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  readonly help?: string | undefined;
  readonly minRows?: number;
  readonly placeholder?: string;
  readonly error?: string | undefined;
  /** Said whenever the text turns into no JSON, and back. */
  readonly onBroken?: (broken: boolean) => void;
}

export function JsonField({ label, value, onChange, help, minRows = 3, placeholder, error, onBroken }: JsonFieldProps) {
  const outside = prettyJson(value);
  const [text, setText] = useState(outside);
  const [said, setSaid] = useState(outside);
  // The value changed elsewhere (undo, the JSON side): show it, whatever stood here.
  useEffect(() => {
    if (outside === said) return;
    setText(outside);
    setSaid(outside);
  }, [outside, said]);
  const { errorAt } = text.trim() === '' ? { errorAt: undefined } : scanJson(text);
  const broken = errorAt !== undefined;
  const place = broken ? placeOf(text, errorAt) : undefined;
  return (
    <Textarea
      label={label}
      description={help}
      value={text}
      autosize
      minRows={minRows}
      maxRows={18}
      placeholder={placeholder}
      spellCheck={false}
      styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } }}
      error={place ? `This is not JSON: see line ${place.line}, column ${place.column}.` : error}
      onChange={(event) => {
        const next = event.currentTarget.value;
        setText(next);
        const empty = next.trim() === '';
        const bad = !empty && scanJson(next).errorAt !== undefined;
        onBroken?.(bad);
        if (bad) return;
        const parsed = empty ? undefined : parseExact(next);
        setSaid(prettyJson(parsed));
        onChange(parsed);
      }}
    />
  );
}
