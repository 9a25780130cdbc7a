import { Fragment, useState } from 'react';
import { useAsk } from '../../bridge/use-remote.ts';
import { useStores, useUi } from '../../stores/stores.tsx';
import { Segments } from '../../ui/button.tsx';
import { Input } from '../../ui/field.tsx';
import { EmptyState } from '../../ui/message.tsx';
import { Fact, Facts, PageHeader, Section } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { State } from '../../ui/state.tsx';
import { IdleMinutes } from '../parts/idle.tsx';
import { RemoteValue } from '../parts/remote.tsx';
import { Attestation } from './attestation.tsx';
import { Practice } from './practice.tsx';
import { ConfigurationSources } from './provenance.tsx';
import { RestartService } from './restart.tsx';
import { SECTIONS, type SectionId, sectionsFor } from './sections.ts';
import { Services } from './services.tsx';
import { Updates } from './updates.tsx';

const THEMES = [
  { value: 'system', label: 'System' },
  { value: 'dark', label: 'Dark' },
  { value: 'light', label: 'Light' },
] as const;

const DENSITIES = [
  { value: 'compact', label: 'Compact' },
  { value: 'comfortable', label: 'Comfortable' },
] as const;

const WIDTHS = [
  { value: 'wide', label: 'With names' },
  { value: 'rail', label: 'Narrow' },
] as const;

const RUNTIME = {
  release: { tone: 'ok', word: 'release: the pinned runtime' },
  development: { tone: 'warn', word: 'development: for tests, never for secrets that matter' },
} as const;

function Appearance() {
  const { ui } = useStores();
  const theme = useUi((s) => s.theme);
  const density = useUi((s) => s.density);
  const navigation = useUi((s) => s.navigation);
  return (
    <Section title="Appearance">
      <Facts>
        <Fact label="Theme">
          <Segments
            label="Theme"
            value={theme}
            options={THEMES}
            onChange={(next) => ui.prefer({ theme: next })}
          />
        </Fact>
        <Fact label="Density">
          <Segments
            label="Density"
            value={density}
            options={DENSITIES}
            onChange={(next) => ui.prefer({ density: next })}
          />
        </Fact>
        <Fact label="Navigation">
          <Segments
            label="Navigation"
            value={navigation}
            options={WIDTHS}
            onChange={(next) => ui.prefer({ navigation: next })}
          />
        </Fact>
      </Facts>
    </Section>
  );
}

function About() {
  const info = useAsk('app.info');
  return (
    <Section title="About this console" testId="about">
      <RemoteValue
        remote={info}
        what="what this console runs on"
        skeleton={<SkeletonRows rows={5} waitingFor="what this console runs on" />}
      >
        {(app) => (
          <Facts>
            <Fact label="Sallyport">
              {app.version}
              {app.packaged ? ', packaged' : ', from source'}
            </Fact>
            <Fact label="Runtime">
              <State {...RUNTIME[app.runtime]} />
            </Fact>
            <Fact label="Electron">{app.electron}</Fact>
            <Fact label="Chromium">{app.chromium}</Fact>
            <Fact label="Node">{app.node}</Fact>
            <Fact label="Platform">{app.platform}</Fact>
          </Facts>
        )}
      </RemoteValue>
    </Section>
  );
}

const PARTS: Readonly<Record<SectionId, React.ReactNode>> = {
  lock: <IdleMinutes />,
  looks: <Appearance />,
  services: <Services />,
  service: <RestartService />,
  sources: <ConfigurationSources />,
  practice: <Practice />,
  updates: <Updates />,
  attestation: <Attestation />,
  about: <About />,
};

/** Everything that can be set, and what cannot but should be known; found by a word of it. */
export function SettingsPage() {
  const [typed, setTyped] = useState('');
  const found = sectionsFor(typed);
  return (
    <div className="flex max-w-[800px] flex-col gap-6 p-(--page)">
      <PageHeader title="Settings" />
      <Input
        type="search"
        aria-label="Search the settings"
        className="w-[320px]"
        maxLength={100}
        placeholder="theme, lock, restart"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      {found.size === 0 ? (
        <EmptyState title="No setting has these words" testId="settings-nothing">
          <p>Type fewer of them, or clear the field to see every setting.</p>
        </EmptyState>
      ) : null}
      {SECTIONS.filter(({ id }) => found.has(id)).map(({ id }) => (
        <Fragment key={id}>{PARTS[id]}</Fragment>
      ))}
    </div>
  );
}
