// Event handlers and what came to them: /api/event (contract 5.1, 5.10).

import { z } from 'zod';
import type { HandlerConfig } from '../../engine/event-handlers.ts';
import { configOf } from '../../engine/event-handlers.ts';
import { isRefusal } from '../../engine/executions.ts';
import type { HandlerRow } from '../../store/registries.ts';
import type { Answer } from '../answer.ts';
import { empty, json, problem, refusalAnswer } from '../answer.ts';
import {
  EventExecutionView,
  EventHandler,
  EventHandlers,
  EventMessageView,
  HandledEvents,
} from '../contract/event-handler.ts';
import { anyObject, flag, integer } from '../contract/field.ts';
import type { AppDeps } from '../deps.ts';
import type { Route } from '../route.ts';
import { asGiven, route } from '../route.ts';
import { eventExecutionToWire, handlerToWire, messageToWire } from '../wire/event-handler.ts';
import { tagRoutesOf } from './tags.ts';

const tag = { tag: 'Event handlers' };

/** Rows of one page of executions and messages. */
const PAGE = 100;
const FromQuery = z.object({ from: integer(0).optional() });

export const eventHandlerRoutes = (deps: AppDeps): readonly Route[] => [
  ...changeRoutes(deps),
  ...lookRoutes(deps),
  ...historyRoutes(deps),
  ...countRoutes(deps),
  ...queueRoutes(),
  ...tagRoutesOf(deps, {
    kind: 'handler',
    path: '/api/event/{name}/tags',
    word: 'event handler',
    put: 'add',
    exists: async (name) => !isRefusal(await deps.eventHandlers.get(name)),
  }),
];

/** The part that the engine keeps; tags have their own place. */
function configOfBody({
  name,
  event,
  condition,
  evaluatorType,
  actions,
  active,
  description,
}: EventHandler): HandlerConfig {
  return {
    name,
    event,
    actions: actions as HandlerConfig['actions'],
    active: active ?? false,
    ...(condition !== undefined && { condition }),
    ...(evaluatorType !== undefined && { evaluatorType }),
    ...(description !== undefined && { description }),
  };
}

function changeRoutes({ eventHandlers, store, ids }: AppDeps): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/event',
      need: 'edit',
      ...tag,
      summary: 'Add an event handler, or several',
      body: EventHandlers,
      answers: { 200: 'nothing' },
      run: async ({ body }, caller) => {
        const refusal = await eventHandlers.add(body.map(configOfBody), caller.principal.name);
        if (refusal) return refusalAnswer(refusal);
        for (const { name, tags } of body) if (tags) await store.tags.set('handler', name, tags);
        return empty();
      },
    }),
    route({
      method: 'PUT',
      path: '/api/event',
      need: 'edit',
      ...tag,
      summary: 'Replace an event handler',
      body: EventHandler,
      answers: { 200: 'nothing' },
      run: async ({ body }, caller) => {
        const refusal = await eventHandlers.replace(configOfBody(body), caller.principal.name);
        if (refusal) return refusalAnswer(refusal);
        if (body.tags) await store.tags.set('handler', body.name, body.tags);
        return empty();
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/event/{name}',
      need: 'edit',
      ...tag,
      summary: 'Delete an event handler; what it did stays on record',
      answers: { 200: 'nothing' },
      run: async ({ params }) => {
        const refusal = await eventHandlers.remove(params.name);
        if (refusal) return refusalAnswer(refusal);
        await store.tags.set('handler', params.name, []);
        return empty();
      },
    }),
    route({
      method: 'POST',
      path: '/api/event/handleIncomingEvent',
      need: 'run',
      ...tag,
      summary: 'Tell event handlers of an event; its name stands in the field "event"',
      body: anyObject,
      prepare: asGiven,
      answers: { 200: 'nothing' },
      run: async ({ body }, caller) => {
        const { event } = body;
        if (typeof event !== 'string' || event === '')
          return problem(400, 'event: is missing: the name that event handlers listen to');
        await eventHandlers.publish(event, body, caller.traceId || ids.next());
        return empty();
      },
    }),
  ];
}

function lookRoutes({ eventHandlers, store }: AppDeps): readonly Route[] {
  const views = async (rows: readonly HandlerRow[]): Promise<Answer> => {
    const tags = await store.tags.list('handler');
    const tagsOf = (name: string) =>
      tags.filter((one) => one.name === name).map(({ kind: _, name: __, ...value }) => value);
    return json(rows.map((row) => handlerToWire(row, tagsOf(row.name))));
  };
  return [
    route({
      method: 'GET',
      path: '/api/event',
      need: 'read',
      ...tag,
      summary: 'All event handlers',
      answers: { 200: z.array(EventHandler) },
      run: async () => views(await store.handlers.list()),
    }),
    route({
      method: 'GET',
      path: '/api/event/{name}',
      need: 'read',
      ...tag,
      summary: 'Event handlers that listen to an event',
      query: z.object({ activeOnly: flag.optional() }),
      answers: { 200: z.array(EventHandler) },
      run: async ({ params, query }) => {
        const rows = await store.handlers.listeningTo(params.name);
        return views(query.activeOnly ? rows.filter(({ active }) => active) : rows);
      },
    }),
    route({
      method: 'GET',
      path: '/api/event/handler/{name}',
      need: 'read',
      ...tag,
      summary: 'One event handler',
      answers: { 200: EventHandler },
      run: async ({ params }) => {
        const found = await eventHandlers.get(params.name);
        if (isRefusal(found)) return refusalAnswer(found);
        return json(handlerToWire(found, await store.tags.of('handler', params.name)));
      },
    }),
  ];
}

function historyRoutes({ eventHandlers, store }: AppDeps): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/event/execution/{name}',
      need: 'read',
      ...tag,
      summary: 'What an event handler did, newest first',
      query: FromQuery,
      answers: { 200: z.array(EventExecutionView) },
      run: async ({ params, query: { from = 0 } }) => {
        const page = { handler: params.name, offset: from, limit: PAGE };
        return json((await store.messages.executions(page)).map((record) => eventExecutionToWire(record)));
      },
    }),
    route({
      method: 'GET',
      path: '/api/event/message/{name}',
      need: 'read',
      ...tag,
      summary: 'Messages under the name of an event, newest first, with what handlers did',
      query: FromQuery,
      answers: { 200: z.array(EventMessageView) },
      run: async ({ params, query: { from = 0 } }) => {
        const messages = await store.messages.list({ event: params.name, offset: from, limit: PAGE });
        const messageIds = messages.map(({ id }) => id);
        const records = await store.messages.executions({ messageIds, offset: 0, limit: PAGE * PAGE });
        const payloads = await Promise.all(messages.map((message) => eventHandlers.payloadOf(message)));
        return json(
          messages.map((message, i) => {
            const own = records.filter(({ messageId }) => messageId === message.id);
            return messageToWire(message, payloads[i] ?? {}, own);
          }),
        );
      },
    }),
  ];
}

function countRoutes({ store }: AppDeps): readonly Route[] {
  const actionsOf = (row: HandlerRow | undefined): number => (row ? configOf(row).actions.length : 0);
  const page = (results: readonly object[]): Answer => json({ totalHits: results.length, results });
  const messagesOf = async (): Promise<ReadonlyMap<string, number>> =>
    new Map((await store.messages.countByEvent()).map(({ event, messages }) => [event, messages]));
  return [
    route({
      method: 'GET',
      path: '/api/event/execution',
      need: 'read',
      ...tag,
      summary: 'Event handlers that have done something',
      answers: { 200: HandledEvents },
      run: async () => {
        const [counts, handlers, messages] = await Promise.all([
          store.messages.countByHandler(),
          store.handlers.list(),
          messagesOf(),
        ]);
        return page(
          counts.map(({ handler, event }) => {
            const row = handlers.find(({ name }) => name === handler);
            return {
              name: handler,
              event,
              active: row?.active ?? false,
              numberOfActions: actionsOf(row),
              numberOfMessages: messages.get(event) ?? 0,
            };
          }),
        );
      },
    }),
    route({
      method: 'GET',
      path: '/api/event/message',
      need: 'read',
      ...tag,
      summary: 'Events of which there are messages, with the handlers that listen',
      query: FromQuery,
      answers: { 200: HandledEvents },
      run: async () => {
        const [handlers, messages] = await Promise.all([store.handlers.list(), messagesOf()]);
        return page(
          [...messages].map(([event, numberOfMessages]) => {
            const own = handlers.filter((row) => row.event === event);
            return {
              ...(own[0] && { name: own[0].name }),
              event,
              active: own.some(({ active }) => active),
              numberOfActions: own.reduce((sum, row) => sum + actionsOf(row), 0),
              numberOfMessages,
            };
          }),
        );
      },
    }),
  ];
}

/** There are no queues outside of this server, so there is none to configure. */
const queueRoutes = (): readonly Route[] => [
  route({
    method: 'GET',
    path: '/api/event/queue/config',
    need: 'read',
    ...tag,
    summary: 'Configured queues of other systems: none',
    answers: { 200: z.record(z.string(), z.string()) },
    run: async () => json({}),
  }),
];
