// Payloads as text, coloured where they are JSON. They are hostile: never markup, and only the first 64 KB until one asks for more.
import { Button, Group, Text } from '@mantine/core';
import { lazy, Suspense, useMemo, useState } from 'react';
import { prettyJson, prettyStart, scanJson } from '../model/json-text.ts';
import { CopyIcon } from './copy.tsx';

/** More than this is drawn only on demand, and then by the editor, which draws what is in view. */
const SHOWN_CHARS = 64 * 1024;
/** Up to this, colours are made of elements; beyond, plain text is lighter. */
const COLOURED_CHARS = 24 * 1024;

const JsonEditor = lazy(() =>
  import('./json-editor.tsx').then(({ JsonEditor: component }) => ({ default: component })),
);

/** JSON in colours. Text that is no JSON stays as it is. */
function Coloured({ text }: { text: string }) {
  const parts = useMemo(() => {
    const { tokens, errorAt } = scanJson(text);
    return errorAt === undefined ? tokens.filter(({ part }) => part !== 'mark') : [];
  }, [text]);
  const out = [];
  let at = 0;
  for (const { part, from, to } of parts) {
    out.push(
      text.slice(at, from),
      <span key={from} className={part}>
        {text.slice(from, to)}
      </span>,
    );
    at = to;
  }
  out.push(text.slice(at));
  return out;
}

interface PayloadProps {
  /** A value to print as JSON, or text as it came. */
  readonly value?: unknown;
  readonly text?: string;
  readonly label: string;
  readonly maxHeight?: number | string;
  readonly empty?: string;
}

export function Payload({ value, text: given, label, maxHeight = 420, empty = 'Nothing' }: PayloadProps) {
  const start = useMemo(
    () =>
      given === undefined
        ? prettyStart(value, SHOWN_CHARS)
        : { text: given.slice(0, SHOWN_CHARS), whole: given.length <= SHOWN_CHARS },
    [given, value],
  );
  const [shows, setShows] = useState<'start' | 'all'>('start');
  if (start.text === '' || start.text === '{}')
    return (
      <Text size="sm" c="dimmed">
        {empty}
      </Text>
    );
  if (!start.whole && shows === 'all')
    return (
      <Suspense fallback={<pre className="payload">{start.text}</pre>}>
        <Whole value={value} text={given} label={label} height={typeof maxHeight === 'number' ? maxHeight : 560} />
      </Suspense>
    );
  return (
    <div className="payload-box">
      <section className="payload-scroll" tabIndex={0} aria-label={label} style={{ maxHeight }}>
        <pre className="payload">
          {start.text.length <= COLOURED_CHARS ? <Coloured text={start.text} /> : start.text}
        </pre>
      </section>
      <div className="payload-copy">
        <CopyIcon
          value={start.whole ? start.text : () => given ?? prettyJson(value)}
          label={`Copy ${label.toLowerCase()}`}
        />
      </div>
      {!start.whole && (
        <Group gap="sm" mt={6}>
          <Text size="xs" c="dimmed">
            Shown: the first {SHOWN_CHARS / 1024} KB
          </Text>
          <Button variant="default" size="compact-xs" onClick={() => setShows('all')}>
            Load all
          </Button>
        </Group>
      )}
    </div>
  );
}

/** The whole text, written out once for each value. */
function Whole({
  value,
  text: given,
  label,
  height,
}: Pick<PayloadProps, 'value' | 'text' | 'label'> & { height: number }) {
  const text = useMemo(() => given ?? prettyJson(value), [given, value]);
  return <JsonEditor value={text} label={label} height={height} />;
}
