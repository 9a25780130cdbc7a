import type { Lane } from '../../../shared/docs/page.ts';

export const LANE_WORDS: Readonly<Record<Lane, string>> = {
  start: 'Begin',
  runbook: 'Runbooks',
  screen: 'Screens',
  reference: 'Look up',
};

/** What one page of the lane is called. */
export const KIND_WORDS: Readonly<Record<Lane, string>> = {
  start: 'Introduction',
  runbook: 'Runbook',
  screen: 'Guide',
  reference: 'Reference',
};
