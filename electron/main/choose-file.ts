import { join } from 'node:path';
import { app, type BrowserWindow, dialog } from 'electron';

/** Asks where a file of this name goes. @returns null when the person chose none, or there is no window to ask in */
export async function chooseFile(parent: BrowserWindow | undefined, name: string): Promise<string | null> {
  if (!parent) return null;
  const { canceled, filePath } = await dialog.showSaveDialog(parent, {
    defaultPath: join(app.getPath('documents'), name),
    properties: ['showOverwriteConfirmation', 'createDirectory'],
  });
  return canceled || !filePath ? null : filePath;
}
