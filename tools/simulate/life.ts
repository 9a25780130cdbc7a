import { Attacks } from './attacks.ts';
import type { Caller } from './caller.ts';
import type { ErrandAction } from './errands.ts';
import { Generations } from './generations.ts';
import { type GrantDeps, Grants } from './grants.ts';
import { Market } from './market.ts';
import { Minting } from './mint.ts';
import type { People } from './people.ts';
import { Scans } from './scans.ts';
import type { Transport } from './transport.ts';

export interface LifeDeps extends Omit<GrantDeps, 'people'> {
  readonly ask: Caller;
  readonly people: People;
  readonly crowd: number;
  /** Null when nobody said where it is. */
  readonly scanPlane: Pick<Transport, 'send'> | null;
}

/** Gives every errand to whoever does it. */
export class Life {
  readonly #grants: Grants;
  readonly #market: Market;
  readonly #minting: Minting;
  readonly #attacks: Attacks;
  readonly #generations: Generations;
  readonly #scans: Scans | null;

  constructor(deps: LifeDeps) {
    const { scanPlane: transport, tally } = deps;
    this.#grants = new Grants(deps);
    this.#market = new Market(deps);
    this.#minting = new Minting(deps);
    this.#attacks = new Attacks(deps);
    this.#generations = new Generations(deps);
    this.#scans = transport && new Scans({ transport, tally, codes: this.#minting.codes });
  }

  async perform(action: ErrandAction): Promise<void> {
    switch (action.type) {
      case 'grant':
        return this.#grants.to(action.person);
      case 'errand':
        return this.#market.run(action.person, action.errand);
      case 'mint':
        return this.#minting.turn(action.person);
      case 'scan':
        return this.#scans?.look(action);
      case 'generate':
        return this.#generations.run(action);
      case 'attack':
        return this.#attacks.launch(action.attack, action.person, action.draw);
    }
  }
}
