import type { AppChannel, AppRequest, AppResponse } from './app.ts';
import type { IpcResult } from './contract.ts';

/** Name under which the preload exposes the one door of the app's renderer on `window`. */
export const APP_WINDOW_KEY = 'sallyport';

/**
 * What the preload exposes to the app's renderer. It never rejects for a refusal: that is an `ok: false` result. The event
 * port does not come through here but as a window message of type `STREAM_PORT_MESSAGE` with the port transferred.
 */
export interface AppWindow {
  invoke<C extends AppChannel>(channel: C, request: AppRequest<C>): Promise<IpcResult<AppResponse<C>>>;
}
