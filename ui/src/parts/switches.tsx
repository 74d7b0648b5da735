// Small switches of the top bar: light or dark, local time or UTC.
import { ActionIcon, Tooltip, UnstyledButton, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { Moon, Sun } from 'lucide-react';
import { useZone } from './clock.tsx';

export function SchemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  const other = scheme === 'light' ? 'dark' : 'light';
  return (
    <Tooltip label={`Switch to ${other}`}>
      <ActionIcon variant="default" size={28} aria-label={`Switch to ${other}`} onClick={() => setColorScheme(other)}>
        {scheme === 'light' ? <Moon size={15} /> : <Sun size={15} />}
      </ActionIcon>
    </Tooltip>
  );
}

export function ZoneSwitch() {
  const [zone, setZone] = useZone();
  const help = zone === 'utc' ? 'Times in UTC. Click for local time.' : 'Times in local time. Click for UTC.';
  return (
    <Tooltip label={help}>
      <UnstyledButton
        className="live-pill zone"
        aria-label={help}
        onClick={() => setZone(zone === 'utc' ? 'local' : 'utc')}
      >
        {zone === 'utc' ? 'UTC' : 'Local'}
      </UnstyledButton>
    </Tooltip>
  );
}
