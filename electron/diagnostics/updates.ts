import type { Diagnosis } from '../../shared/ipc/diagnostics.ts';

/** The update channel as this build has it. */
export interface Channel {
  readonly name: string;
  /** Names of the release keys that are pinned. */
  readonly keyIds: readonly string[];
  /** Number of the newest release that was ever seen here; null before the first. Throws where it cannot be read. */
  readonly floor: () => number | null;
}

/** Whether a release can reach this console, who must have signed it, and how far back nothing is taken. */
export function examineUpdates({ name, keyIds, floor }: Channel): Diagnosis {
  const found = { step: 'updates', title: 'Update channel' } as const;
  if (keyIds.length === 0) {
    const evidence = `The channel "${name}" is closed: no release key is pinned in this build.`;
    const remedy = 'Install newer versions by hand, from a source that you trust.';
    return { ...found, status: 'weak', evidence, remedy };
  }
  let seen: number | null;
  try {
    seen = floor();
  } catch {
    const evidence = 'What was seen before cannot be read, so no release is taken.';
    const remedy = 'Compare the next release by hand, then check it under Updates, which names the file.';
    return { ...found, status: 'failed', evidence, remedy };
  }
  const back = seen === null ? 'none was seen yet' : `nothing before release number ${seen} is taken`;
  const evidence = `The channel "${name}" takes what ${keyIds.join(' or ')} signed; ${back}.`;
  return { ...found, status: 'ok', evidence, remedy: null };
}
