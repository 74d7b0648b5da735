// Definitions › Task › one: its form, saved as a whole.
import { Button } from '@mantine/core';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { Save } from 'lucide-react';
import { useState } from 'react';
import type { TaskDef } from '../../../src/core/model.ts';
import { validateTaskDef } from '../../../src/core/validate.ts';
import { api } from '../api.ts';
import { DeleteButton } from '../parts/delete.tsx';
import { useLeaveGuard } from '../parts/leave-guard.tsx';
import { Loaded, NotFound, Page } from '../parts/page.tsx';
import { TaskDefForm } from '../parts/task-def-form.tsx';
import { errorText, useAction, useTaskDefs } from '../queries.ts';

const route = getRouteApi('/definitions/tasks/$name');

export function TaskDefinitionPage() {
  const { name } = route.useParams();
  const query = useTaskDefs();
  return (
    <Loaded query={query} what="task definition">
      {(defs) => {
        const def = defs.find((one) => one.name === name);
        return def ? (
          <TaskDefEditor key={JSON.stringify(def)} stored={def} start={def} />
        ) : (
          <NotFound what="task definition" id={name} />
        );
      }}
    </Loaded>
  );
}

export const NewTaskPage = () => (
  <TaskDefEditor
    start={{
      name: '',
      retryCount: 3,
      retryLogic: 'FIXED',
      retryDelaySeconds: 60,
      timeoutSeconds: 3600,
      responseTimeoutSeconds: 600,
      timeoutPolicy: 'TIME_OUT_WF',
    }}
  />
);

function TaskDefEditor({ start, stored }: { start: TaskDef; stored?: TaskDef }) {
  const navigate = useNavigate();
  const [def, setDef] = useState(start);
  const dirty = JSON.stringify(def) !== JSON.stringify(start);
  const allow = useLeaveGuard(dirty);
  const checked = validateTaskDef(def);
  const errors =
    checked.ok || (!stored && !dirty)
      ? {}
      : Object.fromEntries(checked.errors.map(({ path, message }) => [path, message]));
  const save = useAction({
    run: (next: TaskDef) => (stored ? api.saveTaskDef(next) : api.createTaskDef(next)),
    refresh: [['taskDefs']],
    done: (_, { name }) => `Saved ${name}`,
    toastErrors: false,
    after: (_, { name }) => {
      allow();
      if (!stored) void navigate({ to: '/definitions/tasks/$name', params: { name } });
    },
  });
  const remove = useAction<void>({
    run: () => api.removeTaskDef(def.name),
    refresh: [['taskDefs']],
    done: () => `Deleted ${def.name}`,
    after: () => {
      allow();
      void navigate({ to: '/definitions/tasks' });
    },
  });
  return (
    <Page
      title={stored ? stored.name : 'Define Task'}
      actions={
        <>
          {stored && (
            <DeleteButton
              name={def.name}
              loss="Tasks of this name then run with the defaults."
              onDelete={() => remove.mutate()}
            />
          )}
          <Button
            leftSection={<Save size={14} />}
            disabled={!checked.ok || (stored !== undefined && !dirty)}
            loading={save.isPending}
            onClick={() => save.mutate(def)}
          >
            Save
          </Button>
        </>
      }
    >
      {save.error && (
        <div className="notice hostile" data-tone="bad" role="alert">
          {errorText(save.error)}
        </div>
      )}
      <section className="panel pad narrow" aria-label="Task definition">
        <TaskDefForm def={def} isNew={!stored} errors={errors} onChange={setDef} />
      </section>
    </Page>
  );
}
