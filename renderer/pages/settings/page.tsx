import { useAsk } from '../../bridge/use-remote.ts';
import { useStores, useUi } from '../../stores/stores.tsx';
import { Segments } from '../../ui/button.tsx';
import { Fact, Facts, PageHeader, Section } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { State } from '../../ui/state.tsx';
import { IdleMinutes } from '../parts/idle.tsx';
import { RemoteValue } from '../parts/remote.tsx';
import { ConfigurationSources } from './provenance.tsx';
import { RestartService } from './restart.tsx';

const THEMES = [
  { value: 'system', label: 'System' },
  { value: 'dark', label: 'Dark' },
  { value: 'light', label: 'Light' },
] as const;

const DENSITIES = [
  { value: 'compact', label: 'Compact' },
  { value: 'comfortable', label: 'Comfortable' },
] as const;

const RUNTIME = {
  release: { tone: 'ok', word: 'release: the pinned runtime' },
  development: { tone: 'warn', word: 'development: for tests, never for secrets that matter' },
} as const;

function Appearance() {
  const { ui } = useStores();
  const theme = useUi((s) => s.theme);
  const density = useUi((s) => s.density);
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

export const SettingsPage = () => (
  <div className="flex max-w-[800px] flex-col gap-6 p-(--page)">
    <PageHeader title="Settings" />
    <IdleMinutes />
    <Appearance />
    <RestartService />
    <ConfigurationSources />
    <About />
  </div>
);
