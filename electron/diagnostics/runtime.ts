import type { AppInfo } from '../../shared/ipc/app.ts';
import type { Diagnosis } from '../../shared/ipc/diagnostics.ts';

/** Which Electron runs: the pinned release, or one for development that must never be shipped. */
export function examineRuntime({ electron, chromium, runtime }: AppInfo): Diagnosis {
  const isRelease = runtime === 'release';
  return {
    step: 'runtime',
    title: 'Electron runtime',
    status: isRelease ? 'ok' : 'weak',
    evidence: `Electron ${electron} with Chromium ${chromium}, a ${runtime} runtime.`,
    remedy: isRelease ? null : 'Use it for development only. Install the packaged console for real work.',
  };
}
