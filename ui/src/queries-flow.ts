// Server state of outgoing webhooks, deliveries and traces; keys and manners are those of queries.ts.
import { useQuery } from '@tanstack/react-query';
import { flowApi } from './api-flow.ts';
import { DELIVERIES_SHOWN, deliverySearch, type FlowAddress } from './model/delivery-search.ts';

/** Attempts are no changes of an execution, so the live stream does not tell of them: what waits is asked for again. */
const PENDING_MS = 1_000;
const isWaiting = (rows: readonly { readonly status: string }[] | undefined): boolean =>
  rows?.some(({ status }) => status === 'PENDING') ?? false;

export const useFlowWebhooks = (flow: string) =>
  useQuery({ queryKey: ['flowWebhooks', flow], queryFn: ({ signal }) => flowApi.webhooks(flow, signal) });

export const useFlowWebhook = (flow: string, id: string, enabled = true) =>
  useQuery({
    queryKey: ['flowWebhooks', flow, id],
    queryFn: ({ signal }) => flowApi.webhook(flow, id, signal),
    enabled,
  });

export const useFlowDeliveries = (flow: string, search: FlowAddress) =>
  useQuery({
    queryKey: ['deliveries', 'flow', flow, search],
    queryFn: ({ signal }) => flowApi.deliveries(flow, deliverySearch(search, Date.now()), signal),
    placeholderData: (previous) => previous,
    refetchInterval: ({ state }) => (isWaiting(state.data?.results) ? PENDING_MS : false),
  });

export const useExecutionDeliveries = (id: string, page: number) =>
  useQuery({
    queryKey: ['deliveries', 'execution', id, page],
    queryFn: ({ signal }) =>
      flowApi.executionDeliveries(id, { start: (page - 1) * DELIVERIES_SHOWN, size: DELIVERIES_SHOWN }, signal),
    placeholderData: (previous) => previous,
    refetchInterval: ({ state }) => (isWaiting(state.data?.results) ? PENDING_MS : false),
  });

export const useDelivery = (id: string) =>
  useQuery({
    queryKey: ['deliveries', 'one', id],
    queryFn: ({ signal }) => flowApi.delivery(id, signal),
    refetchInterval: ({ state }) => (state.data?.status === 'PENDING' ? PENDING_MS : false),
  });

export const useTrace = (start: { readonly type: 'event' | 'execution'; readonly id: string }) =>
  useQuery({
    queryKey: ['trace', start.type, start.id],
    queryFn: ({ signal }) =>
      start.type === 'event' ? flowApi.traceOfEvent(start.id, signal) : flowApi.traceOfExecution(start.id, signal),
    refetchInterval: ({ state }) => (isWaiting(state.data?.deliveries) ? PENDING_MS : false),
  });

export const useNearMisses = (workflowId: string, ref: string) =>
  useQuery({
    queryKey: ['trace', 'near', workflowId, ref],
    queryFn: ({ signal }) => flowApi.nearMisses(workflowId, ref, signal),
  });
