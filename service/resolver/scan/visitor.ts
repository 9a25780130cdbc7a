import Bowser from 'bowser';
import { isbot } from 'isbot';
import type { DeviceClass } from '../../../shared/http/scans.ts';

/** What asks: a person's browser, a program, or a look ahead that nobody may ever see. Only the first is a scan. */
export type Visitor =
  | { readonly type: 'person'; readonly device: DeviceClass }
  | { readonly type: 'bot' }
  | { readonly type: 'preview' };

export interface Asking {
  readonly method: string;
  /** Attacker-controlled, like everything here: who wants to be counted as a browser, is. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Headers by which browsers and proxies say that they only look ahead (Fetch: Sec-Purpose; the others are older). */
const LOOKING_AHEAD = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'] as const;
const AHEAD = /prefetch|prerender|preview/i;

const DEVICES: Readonly<Record<string, DeviceClass>> = {
  mobile: 'phone',
  tablet: 'tablet',
  desktop: 'desktop',
  bot: 'other',
};

/** Longer ones are no browser's, and cost more to look at. */
const LONGEST_AGENT = 512;
/** Parsing takes longer than all the rest of a scan, and few agents make most scans. */
const KEPT_AGENTS = 2_048;

type Judged = Extract<Visitor, { type: 'person' | 'bot' }>;
const BOT: Judged = { type: 'bot' };
const PREVIEW: Visitor = { type: 'preview' };

const judgeAgent = (agent: string): Judged => {
  if (isbot(agent)) return BOT;
  const platform = Bowser.parse(agent).platform.type ?? '';
  return { type: 'person', device: DEVICES[platform] ?? 'other' };
};

/** Tells people from programs, and remembers the agents that it has judged. */
export function createJudge(): (asking: Asking) => Visitor {
  const judged = new Map<string, Judged>();
  return ({ method, headers }) => {
    if (method === 'HEAD' || LOOKING_AHEAD.some((name) => AHEAD.test(String(headers[name] ?? ''))))
      return PREVIEW;
    const agent = String(headers['user-agent'] ?? '');
    // Without a name, or with an endless one, it is no browser.
    if (agent === '' || agent.length > LONGEST_AGENT) return BOT;
    const known = judged.get(agent);
    if (known) return known;
    const verdict = judgeAgent(agent);
    if (judged.size >= KEPT_AGENTS) judged.clear();
    judged.set(agent, verdict);
    return verdict;
  };
}
