import type { ProbesState } from '../../../shared/http/boundary-probes.ts';
import { State } from '../../ui/state.tsx';
import { HEALTH_TONE, HEALTH_WORD } from '../parts/tones.ts';
import { TILE_WORD } from './words.ts';

/** What is crossed and what would be lost, each with its state and why. */
export const Tiles = ({ tiles }: { readonly tiles: ProbesState['tiles'] }) => (
  <ul className="grid grid-cols-7 divide-x divide-line border-line border-y bg-panel">
    {tiles.map(({ tile, state, reasons }) => (
      <li key={tile} data-testid={`tile-${tile}`} className="flex min-w-0 flex-col gap-2 p-3">
        <h3 className="font-medium text-body text-ink">{TILE_WORD[tile]}</h3>
        <State tone={HEALTH_TONE[state]} word={HEALTH_WORD[state]} className="font-medium text-body" />
        {reasons.map((reason) => (
          <p key={reason} className="text-ink-soft text-small">
            {reason}
          </p>
        ))}
      </li>
    ))}
  </ul>
);
