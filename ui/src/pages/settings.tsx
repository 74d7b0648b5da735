// Settings: how the app looks in this browser, what it talks to, and how long that keeps things.
import { SegmentedControl, Stack, Text, useMantineColorScheme } from '@mantine/core';
import { Fragment } from 'react';
import { appRoot } from '../api.ts';
import { keptTimes } from '../model/kept-time.ts';
import type { ZoneChoice } from '../model/moment.ts';
import { FullMoment, useNow, useZone } from '../parts/clock.tsx';
import { CopyValue } from '../parts/copy.tsx';
import { Page } from '../parts/page.tsx';
import { useVersion } from '../queries.ts';
import { useServerConfig } from '../queries-admin.ts';

export function SettingsPage() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [zone, setZone] = useZone();
  const version = useVersion().data;
  // Only an administrator may ask; for others the section is not there.
  const keepDays = useServerConfig().data?.keepDays;
  const now = useNow();
  return (
    <Page title="Settings">
      <Stack gap="md" className="narrow">
        <section className="panel pad" aria-label="Appearance">
          <Text fw={600} size="sm" component="h2" mb={8}>
            Appearance
          </Text>
          <SegmentedControl
            aria-label="Light or dark"
            value={colorScheme}
            onChange={setColorScheme}
            data={[
              { value: 'auto', label: 'As the system' },
              { value: 'light', label: 'Light' },
              { value: 'dark', label: 'Dark' },
            ]}
          />
        </section>
        <section className="panel pad" aria-label="Times">
          <Text fw={600} size="sm" component="h2" mb={8}>
            Times
          </Text>
          <SegmentedControl<ZoneChoice>
            aria-label="Time zone"
            value={zone}
            onChange={setZone}
            data={[
              { value: 'local', label: 'Local time' },
              { value: 'utc', label: 'UTC' },
            ]}
          />
          <Text size="sm" c="dimmed" mt={8}>
            Now: <FullMoment at={now} />
          </Text>
        </section>
        {keepDays && (
          <section className="panel pad" aria-label="How long things are kept">
            <Text fw={600} size="sm" component="h2" mb={8}>
              How long things are kept
            </Text>
            <dl className="facts">
              {keptTimes(keepDays).map(({ label, text }) => (
                <Fragment key={label}>
                  <dt>{label}</dt>
                  <dd>{text}</dd>
                </Fragment>
              ))}
            </dl>
            <Text size="sm" c="dimmed" mt={8}>
              Counted from the end. The server deletes what is older; change it there with the KEEP_…_DAYS settings.
            </Text>
          </section>
        )}
        <section className="panel pad" aria-label="About">
          <Text fw={600} size="sm" component="h2" mb={8}>
            About
          </Text>
          <dl className="facts">
            <dt>Version</dt>
            <dd>{version ?? '–'}</dd>
            <dt>API</dt>
            <dd>
              <CopyValue value={new URL('api', appRoot).href} label="Copy the address of the API" />
            </dd>
            <dt>Licence</dt>
            <dd>Apache-2.0</dd>
          </dl>
        </section>
      </Stack>
    </Page>
  );
}
