// Run Workflow: an empty form, or one with the input of an execution.
import { getRouteApi } from '@tanstack/react-router';
import type { WorkflowDef } from '../../../src/core/model.ts';
import { runValues } from '../model/run-form.ts';
import { Loaded } from '../parts/page.tsx';
import { RunForm } from '../parts/run/form.tsx';
import { useExecution, useWorkflowDefs } from '../queries.ts';

const route = getRouteApi('/run');

export function RunWorkflowPage() {
  const { like, name, version } = route.useSearch();
  const defs = useWorkflowDefs();
  return (
    <Loaded query={defs} what="workflow definitions">
      {(all) =>
        like === undefined ? <RunForm defs={all} name={name} version={version} /> : <RunLike defs={all} id={like} />
      }
    </Loaded>
  );
}

/** The same again: name, version and input of an execution, to be changed or not. */
function RunLike({ defs, id }: { defs: readonly WorkflowDef[]; id: string }) {
  const query = useExecution(id);
  return (
    <Loaded query={query} what="execution" id={id}>
      {({ workflowName, workflowVersion, input, correlationId }) => (
        <RunForm
          key={id}
          defs={defs}
          like={id}
          begin={runValues({ name: workflowName, version: workflowVersion, input, correlationId })}
        />
      )}
    </Loaded>
  );
}
