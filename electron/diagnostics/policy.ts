import type { Diagnosis } from '../../shared/ipc/diagnostics.ts';

/** What a page door answered: its status and the policy that came with it. */
export interface Served {
  readonly status: number;
  readonly policy: string | null;
}

interface Deps {
  /** Asks the door of each kind of page for its start page, through everything that a page itself would pass. */
  readonly doors: Readonly<Record<string, () => Promise<Served>>>;
}

/** Directives that must stand in the policy with exactly these sources: what each of them lets in is what a taken-over page would use. */
const EXACTLY: readonly (readonly [directive: string, sources: string])[] = [
  ['default-src', "'none'"],
  ['script-src', "'self'"],
  ['style-src', "'self'"],
  ['connect-src', "'none'"],
  ['frame-ancestors', "'none'"],
  ['base-uri', "'none'"],
  ['form-action', "'none'"],
  ['require-trusted-types-for', "'script'"],
  ['trusted-types', "'none'"],
];
const NAMED = new Set(EXACTLY.map(([directive]) => directive));
/** The only sources that a directive which is not named above may have. */
const HARMLESS = new Set(["'self'", "'none'"]);

/** Directives by name. The first of one name counts, as the standard has it (CSP 3, section 2.2.1). */
function directivesOf(policy: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const part of policy.split(';')) {
    const [name, ...sources] = part.trim().split(/\s+/);
    const key = (name ?? '').toLowerCase();
    if (key !== '' && !found.has(key)) found.set(key, sources.join(' '));
  }
  return found;
}

/** What this policy leaves open, by directive. */
export function openIn(policy: string): string[] {
  const found = directivesOf(policy);
  const wrong = EXACTLY.flatMap(([name, sources]) => {
    const seen = found.get(name);
    if (seen === sources) return [];
    return [seen === undefined ? `${name} is missing` : `${name} is ${seen}`];
  });
  const wide = [...found].filter(
    ([name, sources]) => !NAMED.has(name) && !sources.split(' ').every((one) => HARMLESS.has(one)),
  );
  return [...wrong, ...wide.map(([name, sources]) => `${name} is ${sources}`)];
}

const judged = ({ status, policy }: Served): string[] => {
  if (status !== 200) return [`the start page was answered with ${status}`];
  return policy === null ? ['no policy came with it'] : openIn(policy);
};

/** What the pages are really served under, read from an answer of the door itself and never from the text that it was made of. */
export async function examinePolicy({ doors }: Deps): Promise<Diagnosis> {
  const found = { step: 'policy', title: 'Policy of the pages (CSP)' } as const;
  const names = Object.keys(doors);
  const answers = await Promise.all(
    Object.entries(doors).map(async ([name, ask]) => ({ name, served: await ask().catch(() => null) })),
  );
  const silent = answers.filter(({ served }) => served === null).map(({ name }) => name);
  const wrong = answers.flatMap(({ name, served }) =>
    served === null ? [] : judged(served).map((what) => `${name}: ${what}`),
  );
  if (wrong.length > 0) {
    const remedy = 'Enter nothing here: quit, and install the packaged console again.';
    return { ...found, status: 'failed', evidence: `${wrong.join('; ')}.`, remedy };
  }
  if (silent.length > 0 || names.length === 0) {
    const evidence = `No answer to judge from: ${silent.join(', ') || 'there is no door'}.`;
    return { ...found, status: 'unknown', evidence, remedy: null };
  }
  const policies = new Set(answers.map(({ served }) => served?.policy));
  const evidence = `The doors of ${names.join(' and ')} answered with: ${[...policies].join(' | ')}.`;
  return { ...found, status: 'ok', evidence, remedy: null };
}
