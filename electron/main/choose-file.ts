import { join } from 'node:path';
import { app, type BrowserWindow, dialog } from 'electron';

/** Asks for a file that is there. @returns null when the person chose none, or there is no window to ask in */
async function chooseExisting(parent: BrowserWindow | undefined, title: string): Promise<string | null> {
  if (!parent) return null;
  const { canceled, filePaths } = await dialog.showOpenDialog(parent, { title, properties: ['openFile'] });
  return canceled ? null : (filePaths[0] ?? null);
}

/** Asks for a folder. @returns null when the person chose none, or there is no window to ask in */
async function chooseFolder(parent: BrowserWindow | undefined, title: string): Promise<string | null> {
  if (!parent) return null;
  const { canceled, filePaths } = await dialog.showOpenDialog(parent, {
    title,
    properties: ['openDirectory', 'createDirectory'],
  });
  return canceled ? null : (filePaths[0] ?? null);
}

/** Asks where a file of this name goes. @returns null when the person chose none, or there is no window to ask in */
async function chooseFile(parent: BrowserWindow | undefined, name: string): Promise<string | null> {
  if (!parent) return null;
  const { canceled, filePath } = await dialog.showSaveDialog(parent, {
    defaultPath: join(app.getPath('documents'), name),
    properties: ['showOverwriteConfirmation', 'createDirectory'],
  });
  return canceled || !filePath ? null : filePath;
}

type Window = () => BrowserWindow | undefined;

/** The system's dialogs over whichever window is open now. */
export const choosers = (parent: Window) => ({
  existing: (title: string) => chooseExisting(parent(), title),
  folder: (title: string) => chooseFolder(parent(), title),
  file: (name: string) => chooseFile(parent(), name),
});
