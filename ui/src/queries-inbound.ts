// Server state of received events and of what webhooks hold back; kept fresh by the notices of queries.ts.
import { useQuery } from '@tanstack/react-query';
import { inboundApi } from './api-inbound.ts';
import { EVENTS_SHOWN, type InboxAddress, inboxFilter } from './model/inbox.ts';

export const useInbox = (address: InboxAddress) =>
  useQuery({
    queryKey: ['events', 'inbox', address],
    queryFn: ({ signal }) => inboundApi.events({ ...inboxFilter(address), limit: EVENTS_SHOWN }, signal),
    placeholderData: (previous) => previous,
  });

const HELD_AGAIN_MS = 2_000;

export const useHeld = (webhookId: string) =>
  useQuery({
    queryKey: ['webhook', webhookId, 'held'],
    queryFn: async ({ signal }) => (await inboundApi.held(webhookId, signal)).held,
    // No notice tells that a held event went on: what shrinks is counted again until it is gone.
    refetchInterval: ({ state }) => (state.data ? HELD_AGAIN_MS : false),
  });

export const useSecretUses = (webhookId: string) =>
  useQuery({
    queryKey: ['webhook', webhookId, 'secrets'],
    queryFn: ({ signal }) => inboundApi.secretUses(webhookId, signal),
  });
