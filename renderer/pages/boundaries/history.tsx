import { CONTROLS, controlOf, type ProbeId } from '../../../shared/boundaries/controls.ts';
import { THREATS } from '../../../shared/boundaries/threats.ts';
import { Drawer } from '../../ui/drawer.tsx';
import { Fact, Facts } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { State } from '../../ui/state.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { RemoteValue } from '../parts/remote.tsx';
import { HEALTH_TONE, HEALTH_WORD } from '../parts/tones.ts';
import { useProbeHistory } from './use-boundaries.ts';
import { TILE_WORD } from './words.ts';

/** One probe: what it attacks, what its control stops, and what it found each time. */
export function ProbeDetail({ probe, onClose }: { readonly probe: ProbeId; readonly onClose: () => void }) {
  const history = useProbeHistory(probe);
  const now = useNow();
  const id = controlOf(probe);
  const control = CONTROLS[id];
  const paths = THREATS[control.boundary].abuse.filter(({ stoppedBy }) => stoppedBy.includes(id));
  return (
    <Drawer title={probe} label={`Probe ${probe}`} onClose={onClose} testId="probe-detail">
      <div className="flex flex-col gap-4 p-4">
        <Facts>
          <Fact label="Attack">{control.probes[probe]}</Fact>
          <Fact label="Control">{control.enforces}</Fact>
          <Fact label="Turns red">{control.tiles.map((tile) => TILE_WORD[tile]).join(', ')}</Fact>
          <Fact label="ASVS">
            <span className="font-mono text-small">{control.asvs.join(' ')}</span>
          </Fact>
          {paths.map(({ goal, asset, path }) => (
            <Fact key={path} label={`To ${goal}`}>
              {path} <span className="text-faint">Asset: {asset}.</span>
            </Fact>
          ))}
        </Facts>
        <RemoteValue
          remote={history}
          what="the history of the probe"
          skeleton={<SkeletonRows rows={4} waitingFor="the history of the probe" />}
        >
          {({ outcomes }) =>
            outcomes.length === 0 ? (
              <p className="text-body text-soft">It has not run yet.</p>
            ) : (
              <ol aria-label="History" className="flex flex-col divide-y divide-line">
                {outcomes.map((one) => (
                  <li key={`${one.at} ${one.evidence}`} className="flex flex-col gap-1 py-2 text-small">
                    <span className="flex justify-between gap-2">
                      <State tone={HEALTH_TONE[one.outcome]} word={HEALTH_WORD[one.outcome]} />
                      <span className="text-faint">
                        <RelativeTime at={one.at} now={now} />, {one.durationMs} ms
                      </span>
                    </span>
                    <span className="text-ink-soft">{one.evidence}</span>
                  </li>
                ))}
              </ol>
            )
          }
        </RemoteValue>
      </div>
    </Drawer>
  );
}
