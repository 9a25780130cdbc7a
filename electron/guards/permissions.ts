import type { Session } from 'electron';

/** Events by which Chromium offers a device; unanswered, some of them would fall back to the first one found. */
const DEVICE_EVENTS = ['select-hid-device', 'select-serial-port', 'select-usb-device'] as const;

/** The console's pages need no permission, no device and no download, so none is ever granted. */
export function denyPermissions(
  session: Pick<
    Session,
    | 'setPermissionRequestHandler'
    | 'setPermissionCheckHandler'
    | 'setDevicePermissionHandler'
    | 'setDisplayMediaRequestHandler'
    | 'setBluetoothPairingHandler'
    | 'on'
  >,
): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setBluetoothPairingHandler((_details, answer) => answer({ confirmed: false }));
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}));
  for (const name of DEVICE_EVENTS)
    session.on(name as 'select-hid-device', (event, _details, answer) => {
      event.preventDefault();
      answer(null);
    });
  session.on('will-download', (event) => event.preventDefault());
}
