// Trying out a workflow: /api/workflow/test (contract 5.14). Nothing is stored, nobody outside is asked.

import { z } from 'zod';
import type { Mocks } from '../../core/mock-run.ts';
import { isRefusal } from '../../engine/executions.ts';
import { json, problem, refusalAnswer } from '../answer.ts';
import { reportedStatus, StartWorkflowRequest, WireWorkflow } from '../contract/execution.ts';
import { anyObject } from '../contract/field.ts';
import type { AppDeps } from '../deps.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';
import { workflowToWire } from '../wire/workflow.ts';

const milliseconds = z.number().min(0).max(31_536_000_000).nullish();

const TaskMock = z.looseObject({
  status: reportedStatus.nullish(),
  output: anyObject.nullish(),
  reasonForIncompletion: z.string().nullish(),
  executionTime: milliseconds,
  queueWaitTime: milliseconds,
});

const MAX_MOCKS = 10_000;
const MockOutputs = z.record(z.string(), z.array(TaskMock).max(MAX_MOCKS));

/** Sub-workflows: by the reference name of their task. Of their requests only the outputs count. */
const SubWorkflowTest = z.looseObject({
  taskRefToMockOutput: MockOutputs.nullish(),
  get subWorkflowTestRequest(): z.ZodOptional<z.ZodNullable<z.ZodRecord<z.ZodString, typeof SubWorkflowTest>>> {
    return z.record(z.string(), SubWorkflowTest).nullish();
  },
});

const WorkflowTestRequest = StartWorkflowRequest.extend({
  taskRefToMockOutput: MockOutputs.optional(),
  subWorkflowTestRequest: z.record(z.string(), SubWorkflowTest).optional(),
}).meta({ id: 'WorkflowTestRequest' });

export function workflowTestRoutes({ mockRuns }: AppDeps): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/workflow/test',
      need: 'run',
      tag: 'Executions',
      summary: 'Try out a workflow with pretended answers of its tasks; the answer is the execution',
      body: WorkflowTestRequest,
      answers: { 200: WireWorkflow },
      run: async ({ body }, caller) => {
        const { name, version, workflowDef, input = {}, correlationId, priority, taskToDomain, createdBy } = body;
        if (body.externalInputPayloadStoragePath !== undefined)
          return problem(400, 'externalInputPayloadStoragePath: there is no external storage; send the input itself');
        const ran = await mockRuns.run({
          name,
          input,
          mocks: mocksOf(body),
          createdBy: createdBy ?? caller.principal.name,
          ...(version !== undefined && { version }),
          ...(workflowDef !== undefined && { def: workflowDef }),
          ...(correlationId !== undefined && { correlationId }),
          ...(priority !== undefined && { priority }),
          ...(taskToDomain && { taskToDomain }),
        });
        return isRefusal(ran) ? refusalAnswer(ran) : json(workflowToWire(ran));
      },
    }),
  ];
}

function mocksOf({ taskRefToMockOutput, subWorkflowTestRequest }: z.infer<typeof SubWorkflowTest>): Mocks {
  const outputs = Object.entries(taskRefToMockOutput ?? {}).map(([ref, list]) => [ref, list.map(mockOf)] as const);
  const children = Object.entries(subWorkflowTestRequest ?? {}).map(([ref, one]) => [ref, mocksOf(one)] as const);
  return { outputs: Object.fromEntries(outputs), children: Object.fromEntries(children) };
}

const mockOf = ({ status, output, reasonForIncompletion, executionTime, queueWaitTime }: z.infer<typeof TaskMock>) => ({
  status: status ?? 'COMPLETED',
  ...(output && { output }),
  ...(typeof reasonForIncompletion === 'string' && { reason: reasonForIncompletion }),
  ...(typeof executionTime === 'number' && { executionMs: executionTime }),
  ...(typeof queueWaitTime === 'number' && { queueWaitMs: queueWaitTime }),
});
