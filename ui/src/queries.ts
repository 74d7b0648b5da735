// Server state: one query per thing that is shown, one wrapper for everything that is done. Keys are those of model/live-notice.ts.
import { notifications } from '@mantine/notifications';
import { QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { ApiError, api } from './api.ts';
import { type ExecutionSearch, searchRequest } from './model/execution-search.ts';
import { EVENTS_SHOWN } from './model/inbox.ts';
import type { StaleKey } from './model/live-notice.ts';
import { allPlatforms, type WebhookPlatform } from './model/webhook-platform.ts';

const RETRIES = 2;
/** The live stream says when something changed; this only bounds how long a missed notice can mislead. */
const STALE_MS = 15_000;

export const makeQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: STALE_MS,
        retry: (count, error) => count < RETRIES && !(error instanceof ApiError && !error.isAway),
        retryDelay: 500,
      },
    },
  });

export const useWorkflowDefs = () =>
  useQuery({ queryKey: ['workflowDefs'], queryFn: ({ signal }) => api.workflowDefs(signal) });

export const useWorkflowDef = (name: string, version?: number, enabled = true) =>
  useQuery({
    queryKey: ['workflowDef', name, version ?? 'latest'],
    queryFn: ({ signal }) => api.workflowDef(name, version, signal),
    enabled,
  });

export const useTaskDefs = () => useQuery({ queryKey: ['taskDefs'], queryFn: ({ signal }) => api.taskDefs(signal) });

export const useExecution = (id: string) =>
  useQuery({ queryKey: ['execution', id], queryFn: ({ signal }) => api.execution(id, signal) });

export const useExecutions = (search: ExecutionSearch) =>
  useQuery({
    queryKey: ['executions', search],
    queryFn: ({ signal }) => api.executions(searchRequest(search, Date.now()), signal),
    // The old rows stay while the next page or filter is on its way: nothing flickers.
    placeholderData: (previous) => previous,
  });

/** Bars of the histogram at most. */
const HISTOGRAM_BARS = 60;

export const useExecutionHistogram = (search: ExecutionSearch) =>
  useQuery({
    queryKey: ['executions', 'histogram', { ...search, page: undefined, size: undefined, sort: undefined }],
    queryFn: ({ signal }) => api.executionHistogram(searchRequest(search, Date.now()), HISTOGRAM_BARS, signal),
    placeholderData: (previous) => previous,
  });

export const useTaskLogs = (taskId: string) =>
  useQuery({
    queryKey: ['taskLogs', taskId],
    queryFn: async ({ signal }) => (await api.taskLogs(taskId, signal)) ?? [],
  });

export const useWebhooks = () => useQuery({ queryKey: ['webhooks'], queryFn: ({ signal }) => api.webhooks(signal) });

export const useWebhook = (id: string, enabled = true) =>
  useQuery({ queryKey: ['webhook', id], queryFn: ({ signal }) => api.webhook(id, signal), enabled });

/** All platforms; until the server's catalogue has come, those of the documentation. */
export function usePlatforms(): readonly WebhookPlatform[] {
  const { data } = useQuery({
    queryKey: ['webhookPlatforms'],
    queryFn: ({ signal }) => api.webhookPlatforms(signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return useMemo(() => allPlatforms(data ?? []), [data]);
}

export const useEvents = (webhookId: string, before?: number) =>
  useQuery({
    queryKey: ['events', webhookId, before ?? 'newest'],
    queryFn: ({ signal }) => api.webhookEvents(webhookId, EVENTS_SHOWN, before, signal),
    placeholderData: (previous) => previous,
  });

export const useEvent = (eventId: string) =>
  useQuery({ queryKey: ['event', eventId], queryFn: ({ signal }) => api.event(eventId, signal) });

export const useWhy = (eventId: string) =>
  useQuery({ queryKey: ['event', eventId, 'why'], queryFn: ({ signal }) => api.whyEvent(eventId, signal) });

export const useQueues = () =>
  useQuery({
    queryKey: ['queues'],
    queryFn: async ({ signal }) => {
      const [sizes, polls] = await Promise.all([api.queueSizes(signal), api.pollData(signal)]);
      return { sizes, polls };
    },
  });

export const useVersion = () =>
  useQuery({ queryKey: ['version'], queryFn: ({ signal }) => api.version(signal), staleTime: Infinity });

export const useOpenApi = () =>
  useQuery({ queryKey: ['openApi'], queryFn: ({ signal }) => api.openApi(signal), staleTime: Infinity });

/** The server's own words, or what happened on the way to it. */
export const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));

interface Action<In, Out> {
  readonly run: (input: In) => Promise<Out>;
  /** What became stale. */
  readonly refresh?: readonly StaleKey[];
  /** Said when it worked; nothing is said when the page shows it anyway. */
  readonly done?: (output: Out, input: In) => string;
  readonly after?: (output: Out, input: In) => void;
  /** False: the page shows the refusal itself, beside what caused it. */
  readonly toastErrors?: boolean;
}

/** Something that a button does: always answers, with what was done or why not, and is pending until the page shows what it changed. */
export function useAction<In = void, Out = unknown>({
  run,
  refresh = [],
  done,
  after,
  toastErrors = true,
}: Action<In, Out>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSuccess: async (output, input) => {
      const refreshed = Promise.all(refresh.map((queryKey) => client.invalidateQueries({ queryKey })));
      if (done) notifications.show({ message: done(output, input), color: 'green' });
      after?.(output, input);
      await refreshed;
    },
    onError: (error) => {
      if (toastErrors)
        notifications.show({ title: 'This did not work', message: errorText(error), color: 'red', autoClose: 10_000 });
    },
  });
}
