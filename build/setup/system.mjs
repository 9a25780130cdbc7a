import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { isRoot } from '../paths.mjs';
import { SetupError, say, step } from './report.mjs';
import { run, tail } from './run.mjs';

/**
 * Debian packages; where a name changed between releases (the 64-bit time transition) both stand, newest first.
 * @type {Record<'desktop' | 'session' | 'tests', string[][]>}
 */
const DEBIAN = {
  desktop: [
    ['libgtk-3-0t64', 'libgtk-3-0'],
    ['libnss3'],
    ['libgbm1'],
    ['libasound2t64', 'libasound2'],
    ['libsecret-1-0'],
  ],
  session: [['xvfb'], ['dbus'], ['gnome-keyring'], ['fonts-dejavu-core']],
  tests: [['redis-server']],
};

/** The faces that the screens are drawn for. Everything works without them, so nobody is stopped for their sake. */
const FONTS = [['fonts-inter'], ['fonts-jetbrains-mono']];

/** Sets the clock of a service that runs, for one test of `npm run test:faults`, which is left out without it. */
const CLOCK = [['libfaketime']];

/** What the private session and the tests start, for systems whose packages we do not know. */
const SESSION_PROGRAMS = ['Xvfb', 'dbus-daemon', 'dbus-send', 'gnome-keyring-daemon'];
const TEST_PROGRAMS = ['redis-server'];

/** @param {string} program */
function isOnPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** @param {string[][]} wanted @returns {Promise<Set<string>>} */
async function installedOf(wanted) {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
  const format = '${Package} ${db:Status-Status}\n';
  const { output } = await run('dpkg-query', ['-W', '-f', format, ...wanted.flat()]);
  return new Set(
    output.split('\n').flatMap((line) => (line.endsWith(' installed') ? [line.split(' ')[0] ?? ''] : [])),
  );
}

/**
 * @typedef {import('../setup.mjs').Needs} Needs
 * @param {Needs} needs
 * @param {Set<string>} installed
 */
export function missingOf(needs, installed) {
  const among = (/** @type {string[][]} */ wanted) =>
    wanted.filter((names) => !names.some((name) => installed.has(name)));
  return {
    required: among([
      ...(needs.desktop ? DEBIAN.desktop : []),
      ...(needs.session ? DEBIAN.session : []),
      ...(needs.tests ? DEBIAN.tests : []),
    ]),
    fonts: among(needs.desktop ? FONTS : []),
    clock: among(needs.tests ? CLOCK : []),
  };
}

/**
 * Installs the system libraries on Debian when root, says the command otherwise.
 * @param {Needs} needs
 */
export async function installSystemLibraries(needs) {
  if (process.platform !== 'linux') return;
  if (needs.desktop) checkSandbox();
  if (!existsSync('/etc/debian_version')) return checkPrograms(needs);
  const installed = await installedOf([...Object.values(DEBIAN).flat(), ...FONTS, ...CLOCK]);
  const { required, fonts, clock } = missingOf(needs, installed);
  const missing = [...required, ...fonts, ...clock];
  if (missing.length === 0) return;
  // Without lists apt knows no package: the oldest name stands in the message, apt itself decides when we are root.
  const names = missing.map((choice) => choice.at(-1) ?? '');
  if (!isRoot()) {
    if (required.length > 0) throw notInstalled(names);
    const why = [
      fonts.length > 0 ? 'the screens as they were drawn' : '',
      clock.length > 0 ? 'clock jumps in npm run test:faults' : '',
    ];
    return say(`for ${why.filter(Boolean).join(' and ')}: sudo apt-get install ${names.join(' ')}`);
  }
  await step(`system libraries: apt-get install ${names.join(' ')}`, async () => {
    await apt(['update', '-qq']);
    await apt(['install', '-y', '-qq', '--no-install-recommends', ...(await knownNames(missing))]);
  });
}

/** @param {string[][]} missing */
async function knownNames(missing) {
  const { output } = await run('apt-cache', ['policy', ...missing.flat()]);
  const known = new Set(
    output
      .split(/^(?=\S)/m)
      .flatMap((part) => (/Candidate: (?!\(none\))/.test(part) ? [part.split(':')[0]] : [])),
  );
  return missing.map((names) => names.find((name) => known.has(name)) ?? names[0] ?? '');
}

/** @param {string[]} args */
async function apt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status, output } = await run('apt-get', args, { env });
  if (status === 0) return;
  throw new SetupError('system-libraries', `apt-get failed:\n${tail(output)}`, `apt-get ${args.join(' ')}`);
}

/** @param {string[]} names */
function notInstalled(names) {
  return new SetupError(
    'system-libraries',
    `These system libraries are missing: ${names.join(', ')}.`,
    `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${names.join(' ')}`,
  );
}

/** @param {Needs} needs */
function checkPrograms({ session, tests }) {
  const wanted = [...(session ? SESSION_PROGRAMS : []), ...(tests ? TEST_PROGRAMS : [])];
  const missing = wanted.filter((program) => !isOnPath(program));
  if (missing.length === 0) return;
  throw new SetupError(
    'system-libraries',
    `These programs are not on the PATH: ${missing.join(', ')}.`,
    'install Xvfb, dbus, gnome-keyring and, for tests, Redis with the package manager of this system',
  );
}

/** The renderer is never started without its sandbox, so a system that forbids it is told how to allow it. */
function checkSandbox() {
  for (const [setting, forbidding] of [
    ['kernel.apparmor_restrict_unprivileged_userns', '1'],
    ['kernel.unprivileged_userns_clone', '0'],
  ]) {
    const file = `/proc/sys/${setting?.replaceAll('.', '/')}`;
    if (!existsSync(file) || readFileSync(file, 'utf8').trim() !== forbidding) continue;
    throw new SetupError(
      'sandbox',
      `This system forbids the Chromium sandbox (${setting} = ${forbidding}).`,
      `sudo sysctl -w ${setting}=${forbidding === '1' ? 0 : 1}`,
    );
  }
}
