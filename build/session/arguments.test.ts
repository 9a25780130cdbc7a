import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dataDirOfScans, withPaths } from './arguments.mjs';

const here = (path: string): string => join(process.cwd(), path);

describe('the scan plane of a service that root starts', () => {
  it('belongs to the data directory that the launcher takes, however it is written', () => {
    for (const args of [
      ['--data', 'd'],
      ['--data=d'],
      ['--data', 'a', '--data', 'd'],
      ['--port', '1', '--data=d'],
    ]) {
      const found = withPaths('service', args, undefined);
      expect(found.folders).toContain(here('d'));
      expect(dataDirOfScans('service', found.args)).toBe(here('d'));
    }
    const { args } = withPaths('service', ['--port', '1'], 'd');
    expect(args).toEqual(['--data', here('d'), '--port', '1']);
    expect(dataDirOfScans('service', args)).toBe(here('d'));
  });

  it('is not there when the launcher only says something: it knows no warden then, and no folder is made', () => {
    for (const flag of ['--recover-operator', '--help'])
      for (const given of [
        ['--data', 'd', flag],
        [flag, '--data=d'],
      ]) {
        const { args, folders } = withPaths('service', given, undefined);
        expect(args).toContain(here('d'));
        expect(folders).toEqual([]);
        expect(dataDirOfScans('service', args)).toBeUndefined();
      }
  });

  it('is not there for another job, or without a data directory, which the launcher refuses', () => {
    expect(dataDirOfScans('backup', ['--data', '/d'])).toBeUndefined();
    for (const given of [[], ['--data'], ['--data=']]) {
      const { args, folders } = withPaths('service', given, undefined);
      expect(dataDirOfScans('service', args)).toBeUndefined();
      expect(folders).toEqual([]);
    }
  });
});

describe('the paths of a job', () => {
  it('are absolute, and those that it writes are handed over', () => {
    expect(withPaths('backup', ['--to=b', '--data', 'd', '--with-root-key'], undefined)).toEqual({
      args: ['--to', here('b'), '--data', here('d'), '--with-root-key'],
      folders: [here('b'), here('d')],
    });
    expect(withPaths('restore', ['--from', 'f', '--data', here('d'), '--root-key=k'], undefined)).toEqual({
      args: ['--from', here('f'), '--data', here('d'), '--root-key', here('k')],
      folders: [here('d')],
    });
  });

  it('are nothing else: an option in the place of one, and the words of other jobs, stay as they are', () => {
    expect(withPaths('service', ['--data', '--port', '1'], undefined)).toEqual({
      args: ['--data', '--port', '1'],
      folders: [],
    });
    expect(withPaths('verify', ['--data=d', 'x'], 'd')).toEqual({ args: ['--data=d', 'x'], folders: [] });
  });
});
