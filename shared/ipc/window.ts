import type { AppChannel, AppRequest, AppResponse } from './app.ts';
import type { IpcResult } from './contract.ts';

/**
 * What the preload exposes to the app's renderer as `window.sallyport`. It never rejects for a refusal: that is an
 * `ok: false` result. The event port does not come through here but as a window message of type `STREAM_PORT_MESSAGE`.
 */
export interface AppWindow {
  call<C extends AppChannel>(channel: C, payload: AppRequest<C>): Promise<IpcResult<AppResponse<C>>>;
}
