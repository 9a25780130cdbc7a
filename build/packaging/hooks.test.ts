import { describe, expect, it } from 'vitest';
import { afterSign, programOf, resourcesOf } from './hooks.mjs';

const packed = (electronPlatformName: string) => ({
  ...{ appOutDir: '/o', electronPlatformName },
  packager: { appInfo: { productFilename: 'Sallyport' }, executableName: 'sallyport' },
});
const mac = packed('darwin');

/** codesign as macOS has it, saying what it is told to say. */
const codesign = (whole: number, flags: string) => {
  const asked: string[] = [];
  const run = (file: string, args: string[]) => {
    asked.push([file, ...args].join(' '));
    const isDisplay = args[0] === '--display';
    return {
      status: isDisplay ? 0 : whole,
      output: isDisplay ? `CodeDirectory v=20500 flags=${flags} hashes=9` : '',
    };
  };
  return { run, asked };
};

describe('a packed program', () => {
  it('lies where each system has it', () => {
    expect(['linux', 'win32', 'darwin'].map((name) => programOf(packed(name)))).toEqual([
      '/o/sallyport',
      '/o/Sallyport.exe',
      '/o/Sallyport.app',
    ]);
    expect(resourcesOf(mac)).toBe('/o/Sallyport.app/Contents/Resources');
    expect(resourcesOf(packed('linux'))).toBe('/o/resources');
  });
});

describe('after signing', () => {
  it('is satisfied with a whole signature and the hardened runtime', async () => {
    const { run, asked } = codesign(0, '0x10000(runtime)');
    await afterSign({ signed: true, run })(mac);
    expect(asked).toHaveLength(2);
  });

  it.each([
    ['a broken signature', 1, '0x10000(runtime)'],
    ['no hardened runtime', 0, '0x2(adhoc)'],
    ['nothing known', 0, ''],
  ])('refuses %s', async (_what, whole, flags) => {
    await expect(afterSign({ signed: true, run: codesign(whole, flags).run })(mac)).rejects.toMatchObject({
      code: 'signature',
    });
  });

  it('asks nothing of what is not signed, or not for macOS', async () => {
    const { run, asked } = codesign(1, '');
    await afterSign({ signed: false, run })(mac);
    await afterSign({ signed: true, run })(packed('win32'));
    expect(asked).toEqual([]);
  });
});
