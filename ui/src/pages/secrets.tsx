// Secrets and variables of the installation. A secret goes in and never comes out; a variable is plain text.
import { adminApi } from '../api-admin.ts';
import { Loaded, Page } from '../parts/page.tsx';
import { ValueList } from '../parts/secrets/value-list.tsx';
import { useSecrets, useVariables } from '../queries-admin.ts';

const byName = (a: { name: string }, b: { name: string }): number => a.name.localeCompare(b.name);

export function SecretsPage() {
  return (
    <Page
      title="Secrets & environment"
      about="Values that workflows refer to by name, so that no definition holds them."
    >
      <Loaded query={useSecrets()} what="secrets">
        {(names) => (
          <ValueList
            title="Secrets"
            word="secret"
            about="Stored encrypted, put in when a task is handed to its worker, and never shown again: not here, not by the API, not in an execution."
            reference={(name) => `\${workflow.secrets.${name}}`}
            values={names.map((name) => ({ name })).sort(byName)}
            refresh={['secrets']}
            onPut={adminApi.putSecret}
            onRemove={adminApi.removeSecret}
          />
        )}
      </Loaded>
      <Loaded query={useVariables()} what="variables">
        {(variables) => (
          <ValueList
            title="Environment variables"
            word="variable"
            about="Plain values, the same for all workflows: addresses, names, limits. Everyone who may read can see them."
            reference={(name) => `\${workflow.env.${name}}`}
            values={[...variables].sort(byName)}
            refresh={['variables']}
            onPut={adminApi.putVariable}
            onRemove={adminApi.removeVariable}
          />
        )}
      </Loaded>
    </Page>
  );
}
