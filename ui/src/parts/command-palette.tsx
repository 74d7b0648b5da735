// Search and jump: pages, definitions, webhooks, recent executions, and any id that is typed or pasted.
import { Spotlight, type SpotlightActionData } from '@mantine/spotlight';
import { useNavigate } from '@tanstack/react-router';
import { Activity, ArrowRight, FilePlus2, Play, Search, Webhook, Workflow } from 'lucide-react';
import { useState } from 'react';
import { type JumpSource, jumpsFor } from '../model/jump.ts';
import { useExecutions, useWebhooks, useWorkflowDefs } from '../queries.ts';

const ICONS = {
  page: <ArrowRight size={15} />,
  make: <FilePlus2 size={15} />,
  run: <Play size={15} />,
  workflow: <Workflow size={15} />,
  webhook: <Webhook size={15} />,
  execution: <Activity size={15} />,
  search: <Search size={15} />,
} as const;

/** Only mounted while the palette is open, so that a page that never opens it fetches nothing for it. */
function useSource(): JumpSource {
  const defs = useWorkflowDefs();
  const webhooks = useWebhooks();
  const recent = useExecutions({ size: 25 });
  return { defs: defs.data ?? [], webhooks: webhooks.data ?? [], recent: recent.data?.results ?? [] };
}

function Palette({ query }: { query: string }) {
  const navigate = useNavigate();
  const jumps = jumpsFor(query, useSource());
  const actions: SpotlightActionData[] = jumps.map((jump) => ({
    id: jump.id,
    label: jump.label,
    description: jump.about,
    leftSection: ICONS[jump.kind],
    onClick: () => void navigate({ to: jump.to }),
  }));
  return (
    <Spotlight.ActionsList>
      {actions.length === 0 && <Spotlight.Empty>Nothing has this name</Spotlight.Empty>}
      {actions.map(({ id, ...action }) => (
        <Spotlight.Action key={id} {...action} />
      ))}
    </Spotlight.ActionsList>
  );
}

export function CommandPalette() {
  const [query, setQuery] = useState('');
  const [open, setOpen] = useState(false);
  return (
    <Spotlight.Root
      query={query}
      onQueryChange={setQuery}
      shortcut={null}
      onSpotlightOpen={() => setOpen(true)}
      onSpotlightClose={() => {
        setOpen(false);
        setQuery('');
      }}
      maxHeight={420}
      scrollable
    >
      <Spotlight.Search placeholder="Page, workflow, webhook, or an execution id" leftSection={<Search size={16} />} />
      {open && <Palette query={query} />}
    </Spotlight.Root>
  );
}
