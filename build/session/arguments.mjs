import { resolve } from 'node:path';

/** @typedef {import('../jobs/jobs.mjs').JobName} JobName */

/** Folders that a job writes, and paths that it reads. @type {Partial<Record<JobName, { given: string[], read: string[] }>>} */
const PATHS = {
  service: { given: ['--data'], read: [] },
  backup: { given: ['--data', '--to'], read: [] },
  restore: { given: ['--data'], read: ['--from', '--root-key'] },
};

/** With these the launcher says something and ends: it runs no scan plane and makes no folder. */
const NOTHING_RUNS = ['--help', '--recover-operator'];

/** @param {string[]} args */
const runs = (args) => !NOTHING_RUNS.some((flag) => args.includes(flag));

/** Both ways to write an option with a value are one. @param {string} arg @param {string[]} flags @returns {string[]} */
function twoWords(arg, flags) {
  const flag = flags.find((one) => arg.startsWith(`${one}=`));
  if (!flag) return [arg];
  const value = arg.slice(flag.length + 1);
  return [flag, value && resolve(value)];
}

/**
 * The arguments of a job that runs in another working folder: every path in them is absolute.
 * @param {JobName} job
 * @param {string[]} args
 * @param {string | undefined} dataDir of the environment, for a service that is given none
 * @returns {{ args: string[], folders: string[] }} and the folders that have to be its user's
 */
export function withPaths(job, args, dataDir) {
  const { given = [], read = [] } = PATHS[job] ?? {};
  const flags = [...given, ...read];
  const words = args.flatMap((arg) => twoWords(arg, flags));
  const all =
    job === 'service' && !words.includes('--data') && dataDir ? ['--data', dataDir, ...words] : words;
  /** @type {string[]} */
  const folders = [];
  const absolute = all.map((word, index) => {
    const flag = all[index - 1] ?? '';
    // An option where a path should stand is left for the job to refuse.
    if (!flags.includes(flag) || word === '' || /^-./.test(word)) return word;
    const path = resolve(word);
    if (given.includes(flag)) folders.push(path);
    return path;
  });
  return { args: absolute, folders: runs(absolute) ? [...new Set(folders)] : [] };
}

/**
 * The data directory of a job that runs a scan plane; without one the launcher refuses, or runs nothing.
 * @param {JobName} job
 * @param {string[]} args as `withPaths` gives them
 */
export function dataDirOfScans(job, args) {
  // Of two the launcher takes the last.
  const index = args.lastIndexOf('--data') + 1;
  return job === 'service' && index > 0 && runs(args) ? args[index] || undefined : undefined;
}
