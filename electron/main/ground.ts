import type { AppInfo } from '../../shared/ipc/app.ts';
import type { AirGapState } from '../../shared/ipc/custody.ts';
import type { DataFolders } from './data-folder.ts';
import type { Log } from './log.ts';
import type { BuiltPaths } from './paths.ts';

/** What is settled before the console is put together. */
export interface Ground {
  readonly folders: DataFolders;
  readonly paths: BuiltPaths;
  readonly log: Log;
  readonly airGap: AirGapState;
  /** This console is for sample data only, and its folder can never be another's. */
  readonly isPractice: boolean;
  readonly info: () => AppInfo;
}
