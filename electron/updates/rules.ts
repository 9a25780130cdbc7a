import type { OpenedManifest, ReleaseFile } from './manifest.ts';
import { UpdateError } from './update-error.ts';

/** The highest release that this console has accepted a manifest of. */
export interface Floor {
  readonly sequence: number;
  readonly version: string;
  /** SHA-256 of that manifest, in hex. */
  readonly digest: string;
}

export interface Here {
  readonly channel: string;
  /** The version that runs. */
  readonly version: string;
  readonly platform: string;
  readonly arch: string;
  readonly now: Date;
  readonly floor: Floor | null;
}

/** A manifest may be written on a machine whose clock is a little ahead. */
const CLOCK_SKEW_MS = 10 * 60 * 1000;

/** @returns negative when `left` is the older one; both are MAJOR.MINOR.PATCH */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [left, right].map((version) => version.split('.').map(Number));
  for (const index of [0, 1, 2]) {
    const difference = (a?.[index] ?? 0) - (b?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** What was seen before is never undone, whoever signed: an old release with a known hole is as good as a forged one. */
function checkFloor({ manifest, digest }: OpenedManifest, { floor, version }: Here): void {
  if (floor && manifest.sequence < floor.sequence)
    throw new UpdateError(
      'rolled-back',
      `The manifest is number ${manifest.sequence}; this console has seen ${floor.sequence}. It was replaced since: get the newest.`,
    );
  if (floor && manifest.sequence === floor.sequence && digest !== floor.digest)
    throw new UpdateError(
      'forked',
      `There are two different manifests of number ${manifest.sequence}. Tell the maintainers, and install neither.`,
    );
  const lowest = floor && compareVersions(floor.version, version) > 0 ? floor.version : version;
  if (compareVersions(manifest.version, lowest) < 0)
    throw new UpdateError(
      'rolled-back',
      `The manifest offers ${manifest.version}, which is older than ${lowest}. Nothing older is taken.`,
    );
}

/**
 * Whether a manifest that a pinned key signed is for this console, now.
 * @throws UpdateError
 */
export function judgeRelease(opened: OpenedManifest, here: Here): void {
  const { manifest } = opened;
  if (manifest.channel !== here.channel)
    throw new UpdateError(
      'other-channel',
      `The manifest is of the channel ${manifest.channel}; this console follows ${here.channel}.`,
    );
  const now = here.now.getTime();
  // Whoever can only hold back new releases has to stop before this date.
  if (Date.parse(manifest.expiresAt) <= now || Date.parse(manifest.issuedAt) > now + CLOCK_SKEW_MS)
    throw new UpdateError(
      'expired',
      `The manifest holds from ${manifest.issuedAt} to ${manifest.expiresAt}. Get the newest, or set the clock of this machine.`,
    );
  checkFloor(opened, here);
}

/**
 * What a release that was judged has for this console.
 * @returns the file of this system; null when what it offers runs already
 * @throws UpdateError `no-package`
 */
export function fileFor({ manifest }: OpenedManifest, here: Omit<Here, 'now' | 'floor'>): ReleaseFile | null {
  if (compareVersions(manifest.version, here.version) === 0) return null;
  const file = manifest.files.find(({ platform, arch }) => platform === here.platform && arch === here.arch);
  if (!file)
    throw new UpdateError(
      'no-package',
      `The release ${manifest.version} has no package for ${here.platform} on ${here.arch}.`,
    );
  return file;
}
