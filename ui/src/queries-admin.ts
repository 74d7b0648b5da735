// Server state of the pages that keep house; keys and manners are those of queries.ts.
import { useQuery } from '@tanstack/react-query';
import { adminApi, type CronTimes } from './api-admin.ts';

export const useSchedules = () =>
  useQuery({ queryKey: ['schedules'], queryFn: ({ signal }) => adminApi.schedules(signal) });

export const useSchedule = (name: string) =>
  useQuery({ queryKey: ['schedule', name], queryFn: ({ signal }) => adminApi.schedule(name, signal) });

export const useScheduleRuns = (name: string, start: number) =>
  useQuery({
    queryKey: ['schedule', name, 'runs', start],
    queryFn: ({ signal }) => adminApi.scheduleRuns(name, start, signal),
    placeholderData: (previous) => previous,
  });

/** The next moments of a cron expression; an expression that cannot be read fails with the server's words. */
export const useNextRuns = (times: CronTimes) =>
  useQuery({
    queryKey: ['nextRuns', times],
    queryFn: ({ signal }) => adminApi.nextRuns(times, signal),
    enabled: times.cronExpression.trim() !== '',
  });

export const useHandlers = () =>
  useQuery({ queryKey: ['handlers'], queryFn: ({ signal }) => adminApi.handlers(signal) });

export const useHandler = (name: string) =>
  useQuery({ queryKey: ['handler', name], queryFn: ({ signal }) => adminApi.handler(name, signal) });

export const useHandlerRuns = (name: string, from: number) =>
  useQuery({
    queryKey: ['handler', name, 'runs', from],
    queryFn: ({ signal }) => adminApi.handlerRuns(name, from, signal),
    placeholderData: (previous) => previous,
  });

export const useMessages = (event: string) =>
  useQuery({
    queryKey: ['handler', event, 'messages'],
    queryFn: ({ signal }) => adminApi.messages(event, signal),
  });

export const useSchemas = () => useQuery({ queryKey: ['schemas'], queryFn: ({ signal }) => adminApi.schemas(signal) });

export const useSecrets = () => useQuery({ queryKey: ['secrets'], queryFn: ({ signal }) => adminApi.secrets(signal) });

export const useServerConfig = () =>
  useQuery({
    queryKey: ['serverConfig'],
    queryFn: ({ signal }) => adminApi.serverConfig(signal),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const useVariables = () =>
  useQuery({ queryKey: ['variables'], queryFn: ({ signal }) => adminApi.variables(signal) });
