// One schema: its versions, the text of one, edited in place or into a new version; and a new schema.
import { Select, TextInput } from '@mantine/core';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { SchemaDef } from '../../../src/http/contract/schema.ts';
import { adminApi } from '../api-admin.ts';
import { FIRST_SCHEMA, schemaGroups, versionOf } from '../model/schema-list.ts';
import { DeleteButton } from '../parts/delete.tsx';
import { Loaded, NotFound, Page } from '../parts/page.tsx';
import { SchemaEditor } from '../parts/schema/editor.tsx';
import { useAction } from '../queries.ts';
import { useSchemas } from '../queries-admin.ts';

const route = getRouteApi('/definitions/schemas/$name');

export function SchemaPage() {
  const { name } = route.useParams();
  const { version } = route.useSearch();
  return (
    <Loaded query={useSchemas()} what="schema">
      {(schemas) => {
        const group = schemaGroups(schemas).find((one) => one.name === name);
        const shown = version ?? group?.versions[0];
        const schema = schemas.find((one) => one.name === name && versionOf(one) === shown);
        return group && schema ? (
          <SchemaView key={`${shown} ${JSON.stringify(schema.data)}`} schema={schema} versions={group.versions} />
        ) : (
          <NotFound what="schema" id={name} />
        );
      }}
    </Loaded>
  );
}

interface Saving {
  readonly schema: SchemaDef;
  readonly newVersion: boolean;
  readonly allow: () => void;
}

function SchemaView({ schema, versions }: { schema: SchemaDef; versions: readonly number[] }) {
  const { name } = schema;
  const version = versionOf(schema);
  const navigate = route.useNavigate();
  const save = useAction({
    run: ({ schema: next, newVersion }: Saving) => adminApi.saveSchema(next, newVersion),
    refresh: [['schemas']],
    done: (_, { newVersion }) => (newVersion ? `Saved ${name} as a new version` : `Saved ${name} v${version}`),
    toastErrors: false,
    after: (_, { newVersion, allow }) => {
      allow();
      if (newVersion) void navigate({ search: {} });
    },
  });
  const remove = useAction<void, unknown>({
    run: () => adminApi.removeSchema(name, version),
    refresh: [['schemas']],
    done: () => `Deleted ${name} v${version}`,
    after: () => void (versions.length > 1 ? navigate({ search: {} }) : navigate({ to: '/definitions/schemas' })),
  });
  return (
    <Page
      title={name}
      heading={
        <>
          <span className="hostile">{name}</span> <span className="dim">v{version}</span>
        </>
      }
      actions={
        <>
          <Select
            aria-label="Version"
            size="xs"
            w={110}
            data={versions.map((one) => ({ value: String(one), label: `Version ${one}` }))}
            value={String(version)}
            onChange={(next) => void navigate({ search: { version: Number(next) } })}
          />
          <DeleteButton
            name={`${name} v${version}`}
            loss="Definitions that name it can no longer be checked against it."
            onDelete={() => remove.mutate()}
          />
        </>
      }
    >
      <SchemaEditor
        start={schema.data ?? {}}
        version={version}
        saving={save.isPending}
        error={save.error}
        onSave={(data, newVersion, allow) => save.mutate({ schema: { ...schema, data }, newVersion, allow })}
      />
    </Page>
  );
}

export function NewSchemaPage() {
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const taken = (useSchemas().data ?? []).some((schema) => schema.name === name.trim());
  const save = useAction({
    run: ({ schema }: Saving) => adminApi.saveSchema(schema, false),
    refresh: [['schemas']],
    done: (_, { schema }) => `Created ${schema.name}`,
    toastErrors: false,
    after: (_, { schema, allow }) => {
      allow();
      void navigate({ to: '/definitions/schemas/$name', params: { name: schema.name } });
    },
  });
  return (
    <Page title="New Schema">
      <SchemaEditor
        start={FIRST_SCHEMA}
        saving={save.isPending}
        error={save.error}
        blocked={name.trim() === '' || taken}
        onSave={(data, newVersion, allow) =>
          save.mutate({ schema: { name: name.trim(), version: 1, type: 'JSON', data }, newVersion, allow })
        }
      >
        <TextInput
          label="Name"
          required
          maw={420}
          value={name}
          error={taken ? 'There is a schema of this name: open it to add a version.' : undefined}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      </SchemaEditor>
    </Page>
  );
}
