// The frame of the app: rail with the pages, top bar with search, Run Workflow, live pill, zone and light or dark.
import { AppShell, Burger, Group, Kbd, ScrollArea, Text, UnstyledButton } from '@mantine/core';
import { useDisclosure, useHotkeys } from '@mantine/hooks';
import { spotlight } from '@mantine/spotlight';
import { Outlet, useLocation } from '@tanstack/react-router';
import {
  Activity,
  BookOpen,
  CalendarClock,
  FileJson,
  Gauge,
  Inbox,
  KeyRound,
  Layers,
  ListChecks,
  Play,
  Radio,
  Search,
  Settings,
  Webhook,
  Workflow,
} from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { CommandPalette } from './command-palette.tsx';
import { ConfirmDialog } from './confirm.tsx';
import { ButtonLink, Link, RailLink } from './links.tsx';
import { LivePill } from './live.tsx';
import { Logo } from './logo.tsx';
import { ShortcutSheet } from './shortcuts.tsx';
import { SignIn } from './sign-in.tsx';
import { SchemeSwitch, ZoneSwitch } from './switches.tsx';
import './shell.css';

const ICON = { size: 16, strokeWidth: 1.8 } as const;

interface Item {
  readonly to: string;
  readonly label: string;
  readonly icon: ReactNode;
}

const GROUPS: readonly { readonly title?: string; readonly items: readonly Item[] }[] = [
  {
    items: [
      { to: '/', label: 'Overview', icon: <Gauge {...ICON} /> },
      { to: '/executions', label: 'Executions', icon: <Activity {...ICON} /> },
      { to: '/run', label: 'Run Workflow', icon: <Play {...ICON} /> },
    ],
  },
  {
    title: 'Definitions',
    items: [
      { to: '/definitions/workflows', label: 'Workflow', icon: <Workflow {...ICON} /> },
      { to: '/definitions/tasks', label: 'Task', icon: <ListChecks {...ICON} /> },
      { to: '/definitions/webhooks', label: 'Webhooks', icon: <Webhook {...ICON} /> },
      { to: '/definitions/schedules', label: 'Schedules', icon: <CalendarClock {...ICON} /> },
      { to: '/definitions/event-handlers', label: 'Event handlers', icon: <Radio {...ICON} /> },
      { to: '/definitions/schemas', label: 'Schemas', icon: <FileJson {...ICON} /> },
    ],
  },
  {
    title: 'Operations',
    items: [
      { to: '/events', label: 'Received events', icon: <Inbox {...ICON} /> },
      { to: '/queues', label: 'Queues & workers', icon: <Layers {...ICON} /> },
      { to: '/secrets', label: 'Secrets', icon: <KeyRound {...ICON} /> },
      { to: '/api-reference', label: 'API reference', icon: <BookOpen {...ICON} /> },
      { to: '/settings', label: 'Settings', icon: <Settings {...ICON} /> },
    ],
  },
];

function Rail({ onNavigate }: { onNavigate: () => void }) {
  return (
    <nav aria-label="Pages">
      {GROUPS.map(({ title, items }) => (
        <div className="rail-group" key={title ?? ''}>
          {title && <div className="rail-title">{title}</div>}
          {items.map(({ to, label, icon }) => (
            <RailLink
              key={to}
              to={to}
              label={label}
              leftSection={icon}
              activeOptions={{ exact: to === '/', includeSearch: false }}
              activeProps={{ active: true, 'aria-current': 'page' }}
              onClick={onNavigate}
              className="rail-link"
            />
          ))}
        </div>
      ))}
    </nav>
  );
}

export function Shell() {
  const [open, { toggle, close }] = useDisclosure(false);
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  // Without this, a keyboard or screen reader stays on the link of the page before.
  useEffect(() => {
    if (pathname) window.scrollTo(0, 0);
  }, [pathname]);
  useHotkeys([['mod+K', () => spotlight.open()]], [], true);
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 208, breakpoint: 'md', collapsed: { mobile: !open } }}
      padding={0}
    >
      <UnstyledButton className="skip" onClick={() => main.current?.focus()}>
        Skip to the page
      </UnstyledButton>
      <AppShell.Header className="top">
        <Group h="100%" px={16} gap={10} wrap="nowrap">
          <Burger
            opened={open}
            onClick={toggle}
            hiddenFrom="md"
            size="sm"
            aria-label={open ? 'Close the menu' : 'Open the menu'}
          />
          <Link to="/" className="brand" aria-label="Fermata, overview">
            <Logo />
            <Text fw={650} size="md" visibleFrom="sm" c="var(--text)">
              Fermata
            </Text>
          </Link>
          <UnstyledButton className="jump" onClick={spotlight.open} aria-label="Search or jump to… ⌘K">
            <Search size={14} />
            <span>Search or jump to…</span>
            <Kbd size="xs">⌘K</Kbd>
          </UnstyledButton>
          <Group gap={6} wrap="nowrap" ml="auto">
            <ButtonLink to="/run" leftSection={<Play size={14} />} className="run-button" aria-label="Run Workflow">
              <span>Run Workflow</span>
            </ButtonLink>
            <LivePill />
            <ZoneSwitch />
            <SchemeSwitch />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar className="rail">
        <AppShell.Section grow component={ScrollArea} type="auto">
          <Rail onNavigate={close} />
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main ref={main} tabIndex={-1} id="main" className="main">
        <Outlet />
      </AppShell.Main>
      <CommandPalette />
      <ShortcutSheet />
      <ConfirmDialog />
      <SignIn />
    </AppShell>
  );
}
