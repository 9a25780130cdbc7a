import { type IpcMain, ipcMain, type WebFrameMain } from 'electron';
import { CALL_TRANSPORT } from '../../shared/ipc/channels.ts';
import type { Gate } from './gate.ts';

/** Hangs the gate into Electron. The only file that knows `ipcMain`. */
export function serveGate(gate: Gate, ipc: Pick<IpcMain, 'handle'> = ipcMain): void {
  ipc.handle(CALL_TRANSPORT, (event, channel: unknown, payload: unknown) =>
    gate({ contentsId: event.sender.id, frame: frameOf(event.senderFrame) }, channel, payload),
  );
}

/** A frame that navigated away or died is no caller; reading it may throw, and then it is none either. */
function frameOf(frame: WebFrameMain | null): { url: string; isMain: boolean } | null {
  try {
    return frame ? { url: frame.url, isMain: frame.parent === null && frame.top === frame } : null;
  } catch {
    return null;
  }
}
