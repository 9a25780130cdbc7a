import { expect, it } from 'vitest';
import { LINK_SCHEME } from '../../electron/main/links.ts';
import { builderConfig } from './config.mjs';

const config = builderConfig({
  ...{ root: '/r', contents: '/c', notices: '/n', output: '/o', signed: false, isTwin: false },
  runtime: { folder: '/e', version: '1.0.0' },
});

it('starts the AppImage without an argument of its own: the default of electron-builder ends the sandbox', () => {
  expect(config.appImage?.executableArgs).toEqual([]);
  expect(JSON.stringify(config)).not.toContain('no-sandbox');
});

it('tells the system whose links of this scheme are', () => {
  expect(config.protocols).toEqual([{ name: 'Sallyport', schemes: [LINK_SCHEME] }]);
});
