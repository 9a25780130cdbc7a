import { join } from 'node:path';
import { UNPACKED } from './contents.mjs';
import { afterPack, afterSign } from './hooks.mjs';

/**
 * @typedef {object} Order
 * @property {string} root
 * @property {string} contents the folder that becomes the archive
 * @property {string} notices what lies beside the archive: licences, bill of materials
 * @property {string} output
 * @property {{ folder: string, version: string }} runtime
 * @property {boolean} signed
 * @property {boolean} isTwin
 */

/** What electron-builder is told. Nothing is downloaded, rebuilt or published by it. @param {Order} order @returns {import('electron-builder').Configuration} */
export function builderConfig({ root, contents, notices, output, runtime, signed, isTwin }) {
  const packaging = join(root, 'build', 'packaging');
  const entitlements = join(packaging, 'entitlements.mac.plist');
  return {
    appId: 'org.sallyport.console',
    productName: 'Sallyport',
    copyright: 'The Sallyport authors. Apache-2.0.',
    directories: { app: contents, output, buildResources: packaging },
    electronVersion: runtime.version,
    electronDist: runtime.folder,
    asar: true,
    asarUnpack: UNPACKED,
    // electron-builder leaves every node_modules out by itself; ours hold what the contents list, so they are named.
    files: ['**/*', { from: 'node_modules', to: 'node_modules', filter: ['**/*'] }],
    extraResources: [{ from: notices, to: 'notices' }],
    // The contents are complete: no package is installed, rebuilt or looked for.
    beforeBuild: async () => false,
    afterPack: afterPack(isTwin),
    afterSign: afterSign({ signed }),
    publish: null,
    // Links to a place of the console, as alerts and documents have them.
    protocols: [{ name: 'Sallyport', schemes: ['sallyport'] }],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: electron-builder's own placeholders
    artifactName: 'sallyport-${version}-${os}-${arch}.${ext}',
    // The screen is in English; Chromium's own words in fifty languages are never shown.
    electronLanguages: ['en-US'],
    linux: {
      executableName: 'sallyport',
      category: 'Utility',
      maintainer: 'The Sallyport maintainers',
      synopsis: 'Operator console with a local security vault',
    },
    // Left out, electron-builder starts the AppImage with --no-sandbox, which our guards refuse.
    appImage: { executableArgs: [] },
    deb: {
      depends: [
        'libgtk-3-0 | libgtk-3-0t64',
        'libnss3',
        'libgbm1',
        'libasound2 | libasound2t64',
        'libsecret-1-0',
      ],
    },
    mac: {
      category: 'public.app-category.developer-tools',
      hardenedRuntime: true,
      gatekeeperAssess: false,
      entitlements,
      entitlementsInherit: entitlements,
      // Unsigned means signed ad hoc: an Apple processor runs nothing that has no signature at all.
      ...(signed ? {} : { identity: '-' }),
      forceCodeSigning: signed,
      notarize: signed,
    },
    win: { forceCodeSigning: signed },
    // One user's console beside one user's vault: no administrator is needed, and none is asked for.
    nsis: { oneClick: false, perMachine: false, allowElevation: false },
  };
}
