// The API: every call of this server by topic, with its cURL; read from the server's own OpenAPI document.
import { Anchor, Badge, Group, Text, UnstyledButton } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { appRoot } from '../api.ts';
import { curlCommand } from '../model/curl.ts';
import { type ApiCall, apiCalls, findCalls } from '../model/open-api.ts';
import { ListFilter } from '../parts/list-filter.tsx';
import { Loaded, Page } from '../parts/page.tsx';
import { Payload } from '../parts/payload.tsx';
import { useOpenApi } from '../queries.ts';

const route = getRouteApi('/api-reference');

export function ApiReferencePage() {
  const { find = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useOpenApi();
  return (
    <Page
      title="API reference"
      about={
        <>
          Conductor’s REST API and what Fermata adds to it. The official SDKs work unchanged.{' '}
          <Anchor href={new URL('openapi.json', appRoot).href} inherit underline="always">
            OpenAPI document
          </Anchor>
        </>
      }
    >
      <Loaded query={query} what="API">
        {(document) => {
          const calls = findCalls(apiCalls(document), find);
          return (
            <>
              <ListFilter
                label="Filter by path or words"
                value={find}
                onChange={(value) => void navigate({ search: { find: value }, replace: true })}
              />
              {[...Map.groupBy(calls, ({ tag }) => tag)].map(([tag, group]) => (
                <section key={tag} aria-label={tag}>
                  <Text component="h2" fw={600} size="md" mb={6}>
                    {tag}
                  </Text>
                  <div className="panel">
                    {group.map((call) => (
                      <Call key={call.id} call={call} />
                    ))}
                  </div>
                </section>
              ))}
              {calls.length === 0 && (
                <Text size="sm" c="dimmed">
                  No call fits.
                </Text>
              )}
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

const COLOURS: Readonly<Record<string, string>> = {
  GET: 'run',
  POST: 'good',
  PUT: 'wait',
  PATCH: 'wait',
  DELETE: 'bad',
};

function Call({ call }: { call: ApiCall }) {
  const [open, setOpen] = useState(false);
  return (
    <div className="api-call">
      <UnstyledButton className="api-line" aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? <ChevronDown size={14} /> : <ChevronRight size={14} />}
        <span className="api-method" data-tone={COLOURS[call.method] ?? 'quiet'}>
          {call.method}
        </span>
        <span className="mono">{call.path}</span>
        <span className="dim clip">{call.summary}</span>
      </UnstyledButton>
      {open && <CallDetail call={call} />}
    </div>
  );
}

function CallDetail({ call }: { call: ApiCall }) {
  const url = new URL(call.path.slice(1), appRoot);
  for (const { name, required } of call.query) if (required) url.searchParams.set(name, '');
  const address = decodeURI(url.href);
  return (
    <div className="api-detail">
      <Text size="sm">{call.summary}</Text>
      {call.query.length > 0 && (
        <Group gap={6}>
          <Text size="xs" c="dimmed">
            Query
          </Text>
          {call.query.map(({ name, required }) => (
            <Badge key={name} variant="default" size="sm" tt="none" fw={500}>
              {name}
              {required ? ' *' : ''}
            </Badge>
          ))}
        </Group>
      )}
      <Payload
        label={`cURL of ${call.id}`}
        text={curlCommand({
          method: call.method,
          url: address,
          ...(call.body === undefined ? {} : { headers: { 'Content-Type': 'application/json' }, body: call.body }),
        })}
      />
    </div>
  );
}
