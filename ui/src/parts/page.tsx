// The frame of a page: title (also of the tab), what it is about, actions; loading, errors and nothingness said in words.
import { Alert, Button, Group, Loader, Stack, Text, Title } from '@mantine/core';
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { CircleAlert } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { ApiError } from '../api.ts';
import { errorText } from '../queries.ts';
import { ButtonLink } from './links.tsx';
import './page.css';

/** Title of the browser tab while the page is open. */
function useTitle(title: string) {
  useEffect(() => {
    document.title = title === '' ? 'Fermata' : `${title} · Fermata`;
  }, [title]);
}

interface PageProps {
  readonly title: string;
  /** Shown in place of the title when it has parts (a status, a copy button). */
  readonly heading?: ReactNode;
  readonly about?: ReactNode;
  readonly actions?: ReactNode;
  /** The page takes the height of the window and scrolls inside. */
  readonly full?: boolean;
  readonly children: ReactNode;
}

export function Page({ title, heading, about, actions, full = false, children }: PageProps) {
  useTitle(title);
  return (
    <div className="page" data-full={full || undefined}>
      <header className="page-head">
        <div className="page-title">
          <Title order={1}>{heading ?? title}</Title>
          {about && <div className="page-about">{about}</div>}
        </div>
        {actions && <Group gap={8}>{actions}</Group>}
      </header>
      {children}
    </div>
  );
}

/** Answers come within milliseconds as a rule: a spinner that flashes would only disturb. */
const SPINNER_AFTER_MS = 200;

export function Waiting({ what = 'Loading' }: { what?: string }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), SPINNER_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Group className="waiting" gap="sm" role="status" aria-label={what}>
      {late && <Loader size="sm" color="gray" />}
      {late && (
        <Text size="sm" c="dimmed">
          {what}…
        </Text>
      )}
    </Group>
  );
}

interface FailureProps {
  readonly error: unknown;
  readonly title?: string;
  readonly onRetry?: (() => void) | undefined;
}

/** Why something is not shown, in the server's words. */
export function Failure({ error, title = 'This could not be loaded', onRetry }: FailureProps) {
  const unreachable = error instanceof ApiError && error.isAway;
  return (
    <Alert
      color="red"
      variant="outline"
      icon={<CircleAlert size={18} />}
      title={unreachable ? 'The server does not answer' : title}
      role="alert"
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm" className="hostile">
          {unreachable ? 'It may be starting. As soon as it answers, this page goes on by itself.' : errorText(error)}
        </Text>
        {onRetry && (
          <Button variant="default" onClick={onRetry}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

interface EmptyProps {
  readonly icon?: ReactNode;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}

/** Nothing here yet, and what to do about it. */
export function Empty({ icon, title, children, action }: EmptyProps) {
  return (
    <div className="empty">
      {icon && <div className="empty-icon">{icon}</div>}
      <Text fw={600}>{title}</Text>
      {children && (
        <Text size="sm" c="dimmed" component="div" maw={520}>
          {children}
        </Text>
      )}
      {action && <Group mt={8}>{action}</Group>}
    </div>
  );
}

/** Catches what a page throws: the rest of the app stays. */
export function PageError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  return (
    <Page title="Something broke">
      <Failure
        error={error}
        title="This page has a defect"
        onRetry={() => {
          reset();
          void router.invalidate();
        }}
      />
    </Page>
  );
}

export function NotFound({ what = 'page', id }: { what?: string; id?: string }) {
  return (
    <Page title="Not found">
      <Empty
        title={`There is no such ${what}`}
        action={
          <>
            <ButtonLink to="/" variant="default">
              Overview
            </ButtonLink>
            <ButtonLink to="/executions" variant="default">
              Executions
            </ButtonLink>
          </>
        }
      >
        {id ? <span className="mono hostile">{id}</span> : 'The address is mistyped, or what it named was removed.'}
      </Empty>
    </Page>
  );
}

interface QueryLike<T> {
  readonly data: T | undefined;
  readonly error: unknown;
  readonly isPending: boolean;
  readonly refetch: () => unknown;
}

/** Waits, fails or shows: one place decides what a query looks like. A failed refresh keeps showing what is known. */
export function Loaded<T>({
  query,
  what,
  id,
  children,
}: {
  query: QueryLike<T>;
  what: string;
  id?: string;
  children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (id !== undefined && query.error instanceof ApiError && query.error.status === 404)
    return <NotFound what={what} {...(id ? { id } : {})} />;
  if (query.error) {
    const failure = <Failure error={query.error} onRetry={() => query.refetch()} />;
    // What has an id is a whole page, which has no frame of its own until it is there.
    return id === undefined ? failure : <Page title={`This ${what} could not be loaded`}>{failure}</Page>;
  }
  return <Waiting what={`Loading ${what}`} />;
}
