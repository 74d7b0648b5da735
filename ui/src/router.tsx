// All addresses of the app. Pages are loaded when they are first visited; every page catches its own defects.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { appRoot } from './api.ts';
import {
  addressText,
  parseAddress,
  readEditorAddress,
  readEventAddress,
  readExecutionAddress,
  readListAddress,
  readNewAddress,
  readRecordAddress,
  readRunAddress,
  readTraceAddress,
  readWebhookAddress,
} from './model/address.ts';
import { readFlowAddress } from './model/delivery-search.ts';
import { readExecutionSearch } from './model/execution-search.ts';
import { readInboxAddress } from './model/inbox.ts';
import { NotFound, PageError, Waiting } from './parts/page.tsx';
import { Shell } from './parts/shell.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: () => <NotFound /> });
const getParentRoute = () => root;

const routes = [
  createRoute({
    getParentRoute,
    path: '/',
    component: lazyRouteComponent(() => import('./pages/overview.tsx'), 'OverviewPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/executions',
    validateSearch: readExecutionSearch,
    component: lazyRouteComponent(() => import('./pages/executions.tsx'), 'ExecutionsPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/executions/$id',
    validateSearch: readExecutionAddress,
    component: lazyRouteComponent(() => import('./pages/execution.tsx'), 'ExecutionPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/run',
    validateSearch: readRunAddress,
    component: lazyRouteComponent(() => import('./pages/run-workflow.tsx'), 'RunWorkflowPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/definitions/workflows',
    validateSearch: readListAddress,
    component: lazyRouteComponent(() => import('./pages/workflow-list.tsx'), 'WorkflowListPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/definitions/workflows/$name',
    validateSearch: readEditorAddress,
    component: lazyRouteComponent(() => import('./pages/workflow-editor.tsx'), 'WorkflowEditorPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/definitions/workflows/$name/webhooks',
    validateSearch: readFlowAddress,
    component: lazyRouteComponent(() => import('./pages/flow-webhooks.tsx'), 'FlowWebhooksPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/definitions/workflows/$name/webhooks/$id',
    component: lazyRouteComponent(() => import('./pages/flow-webhook.tsx'), 'FlowWebhookPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/definitions/workflows/$name/new-webhook',
    component: lazyRouteComponent(() => import('./pages/flow-webhook.tsx'), 'NewFlowWebhookPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/deliveries/$id',
    component: lazyRouteComponent(() => import('./pages/delivery.tsx'), 'DeliveryPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/definitions/new-workflow',
    validateSearch: readNewAddress,
    component: lazyRouteComponent(() => import('./pages/workflow-editor.tsx'), 'NewWorkflowPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/definitions/tasks',
    validateSearch: readListAddress,
    component: lazyRouteComponent(() => import('./pages/task-list.tsx'), 'TaskListPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/definitions/tasks/$name',
    component: lazyRouteComponent(() => import('./pages/task-definition.tsx'), 'TaskDefinitionPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/definitions/new-task',
    component: lazyRouteComponent(() => import('./pages/task-definition.tsx'), 'NewTaskPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/definitions/webhooks',
    validateSearch: readListAddress,
    component: lazyRouteComponent(() => import('./pages/webhook-list.tsx'), 'WebhookListPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/definitions/webhooks/$id',
    validateSearch: readWebhookAddress,
    component: lazyRouteComponent(() => import('./pages/webhook.tsx'), 'WebhookPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/definitions/new-webhook',
    component: lazyRouteComponent(() => import('./pages/new-webhook.tsx'), 'NewWebhookPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/events',
    validateSearch: readInboxAddress,
    component: lazyRouteComponent(() => import('./pages/inbox.tsx'), 'InboxPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/events/$eventId',
    validateSearch: readEventAddress,
    component: lazyRouteComponent(() => import('./pages/event.tsx'), 'EventPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/events/$eventId/trace',
    validateSearch: readTraceAddress,
    component: lazyRouteComponent(() => import('./pages/trace.tsx'), 'EventTracePage'),
  }),
  createRoute({
    getParentRoute,
    path: '/executions/$id/trace',
    validateSearch: readTraceAddress,
    component: lazyRouteComponent(() => import('./pages/trace.tsx'), 'ExecutionTracePage'),
  }),
  createRoute({
    getParentRoute,
    path: '/definitions/schedules',
    validateSearch: readListAddress,
    component: lazyRouteComponent(() => import('./pages/schedule-list.tsx'), 'ScheduleListPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/definitions/schedules/$name',
    validateSearch: readRecordAddress,
    component: lazyRouteComponent(() => import('./pages/schedule.tsx'), 'SchedulePage'),
  }),
  createRoute({
    getParentRoute,
    path: '/definitions/new-schedule',
    validateSearch: readNewAddress,
    component: lazyRouteComponent(() => import('./pages/schedule.tsx'), 'NewSchedulePage'),
  }),
  createRoute({
    getParentRoute,
    path: '/definitions/event-handlers',
    validateSearch: readListAddress,
    component: lazyRouteComponent(() => import('./pages/handler-list.tsx'), 'HandlerListPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/definitions/event-handlers/$name',
    validateSearch: readRecordAddress,
    component: lazyRouteComponent(() => import('./pages/handler.tsx'), 'HandlerPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/definitions/new-event-handler',
    component: lazyRouteComponent(() => import('./pages/handler.tsx'), 'NewHandlerPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/definitions/schemas',
    validateSearch: readListAddress,
    component: lazyRouteComponent(() => import('./pages/schema-list.tsx'), 'SchemaListPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/definitions/schemas/$name',
    validateSearch: readNewAddress,
    component: lazyRouteComponent(() => import('./pages/schema.tsx'), 'SchemaPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/definitions/new-schema',
    component: lazyRouteComponent(() => import('./pages/schema.tsx'), 'NewSchemaPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/secrets',
    component: lazyRouteComponent(() => import('./pages/secrets.tsx'), 'SecretsPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/queues',
    component: lazyRouteComponent(() => import('./pages/queues.tsx'), 'QueuesPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/api-reference',
    validateSearch: readListAddress,
    component: lazyRouteComponent(() => import('./pages/api-reference.tsx'), 'ApiReferencePage'),
  }),
  createRoute({
    getParentRoute,
    path: '/settings',
    component: lazyRouteComponent(() => import('./pages/settings.tsx'), 'SettingsPage'),
  }),
] as const;

export const router = createRouter({
  routeTree: root.addChildren(routes),
  basepath: appRoot.pathname,
  parseSearch: parseAddress,
  stringifySearch: addressText,
  defaultErrorComponent: PageError,
  defaultPendingComponent: () => <Waiting />,
  defaultPreload: 'intent',
  scrollRestoration: true,
});

/**
 * Fetches the code of every page when the browser has nothing else to do: a click is answered at once, and also while the server is
 * away (a page whose code cannot be fetched would leave nothing but an error of the browser).
 */
export function preloadPages(): void {
  for (const { options } of routes) {
    const { component } = options as { component?: { preload?: () => Promise<void> } };
    globalThis.requestIdleCallback?.(() => void component?.preload?.());
  }
}

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
