// Saving and deleting a definition, and the guard against leaving with changes; after either, the way to where it went.
import { useNavigate } from '@tanstack/react-router';
import type { WorkflowDef } from '../../../../src/core/model.ts';
import { api } from '../../api.ts';
import type { EditorTab } from '../../model/address.ts';
import { useAction } from '../../queries.ts';
import { useLeaveGuard } from '../leave-guard.tsx';

export function useSaving(def: WorkflowDef, dirty: boolean, tab: EditorTab, onSaved: () => void) {
  const navigate = useNavigate();
  const allow = useLeaveGuard(dirty);
  const save = useAction({
    run: ({ def: next, overwrite }: { def: WorkflowDef; overwrite: boolean }): Promise<unknown> =>
      overwrite ? api.overwriteWorkflowDef(next) : api.createWorkflowDef(next),
    refresh: [['workflowDefs'], ['workflowDef', def.name]],
    done: (_, { def: next }) => `Saved ${next.name}, version ${next.version}`,
    toastErrors: false,
    after: (_, { def: next }) => {
      onSaved();
      allow();
      const search = { version: undefined, tab };
      void navigate({ to: '/definitions/workflows/$name', params: { name: next.name }, search });
    },
  });
  const remove = useAction({
    run: () => api.removeWorkflowDef(def.name, def.version),
    refresh: [['workflowDefs']],
    done: () => `Deleted ${def.name}, version ${def.version}`,
    after: () => {
      allow();
      void navigate({ to: '/definitions/workflows' });
    },
  });
  return { save, remove };
}
