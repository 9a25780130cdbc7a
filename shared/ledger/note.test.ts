import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  cosign,
  formatCheckpoint,
  judgeSignature,
  parseCheckpoint,
  type VerifyEd25519,
} from './checkpoint.ts';
import type { Sha256 } from './merkle.ts';
import {
  COSIGNATURE,
  ED25519,
  formatKey,
  formatNote,
  linesOf,
  makeKey,
  parseKey,
  parseNote,
  signatureLine,
  utf8,
} from './note.ts';

const sha256: Sha256 = (data) => createHash('sha256').update(data).digest();
const verifyEd25519: VerifyEd25519 = (publicKey, message, signature) => {
  const x = Buffer.from(publicKey).toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verify(null, message, key, signature);
};
const newKey = () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  return { raw, sign: (message: Uint8Array): Uint8Array => sign(null, message, privateKey) };
};

/** Published with golang.org/x/mod/sumdb/note (`example_test.go`), and the key of the Go checksum database. */
const PETER = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const ENOCH = 'EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop';
const SUMDB = 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8';
const NOTE =
  'If you think cryptography is the answer to your problem,\n' +
  "then you don't know what your problem is.\n\n" +
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n' +
  '— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n';

describe('published signed notes', () => {
  it.each([PETER, ENOCH, SUMDB])('the key %s is read, and written as it was', (text) => {
    expect(formatKey(parseKey(sha256, text))).toBe(text);
  });

  it.each([PETER, ENOCH])('the signature of %s is good', (text) => {
    const key = parseKey(sha256, text);
    expect(judgeSignature(verifyEd25519, parseNote(NOTE), key).state).toBe('good');
    const changed = parseNote(NOTE.replace('answer', 'Answer'));
    expect(judgeSignature(verifyEd25519, changed, key).state).toBe('bad');
    expect(judgeSignature(verifyEd25519, parseNote(NOTE), parseKey(sha256, SUMDB)).state).toBe('absent');
  });

  it('are written again byte for byte', () => {
    const note = parseNote(NOTE);
    expect(formatNote(note.text, linesOf(note))).toBe(NOTE);
  });

  it('the checkpoint of the specification is read', () => {
    const text = 'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n';
    const checkpoint = parseCheckpoint(text);
    expect(checkpoint).toMatchObject({ origin: 'example.com/behind-the-sofa', size: 20852163 });
    expect(formatCheckpoint(checkpoint)).toBe(text);
  });
});

describe('malformed notes and keys', () => {
  const refused = (code: string) => expect.objectContaining({ code });

  it.each([
    ['no signatures', 'text\n'],
    ['no final line break', NOTE.slice(0, -1)],
    ['a control character', NOTE.replace('answer', 'ans\u0007er')],
    ['a hyphen for the dash', NOTE.replaceAll('— ', '- ')],
    ['a space too many', NOTE.replace('PeterNeumann x', 'PeterNeumann  x')],
    ['a broken base64', NOTE.replace('x08go/', 'x08g!/')],
    ['a signature of nothing', `text\n\n— a ${Buffer.alloc(4).toString('base64')}\n`],
    ['too many signatures', `text\n\n${`— a ${Buffer.alloc(9).toString('base64')}\n`.repeat(65)}`],
  ])('a note with %s', (_name, note) => {
    expect(() => parseNote(note)).toThrow(refused('note-malformed'));
  });

  it.each([
    '',
    'x',
    `x${PETER}`,
    PETER.replace('c74f', 'c74e'),
    PETER.slice(0, -4),
    PETER.replace('+A', '+B'),
  ])('the key %j', (key) => {
    expect(() => parseKey(sha256, key)).toThrow(refused('key-malformed'));
  });

  it.each([
    'o\n1\n',
    'o\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n',
    'o\n1\nAAAA\n',
    '\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n',
    'o\n-1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n',
  ])('the checkpoint %j', (text) => {
    expect(() => parseCheckpoint(text)).toThrow(refused('note-malformed'));
  });
});

describe('a cosignature', () => {
  const text = formatCheckpoint({ origin: 'log', size: 7, root: new Uint8Array(32) });
  const witness = newKey();
  const key = makeKey(sha256, 'witness.example/w1', COSIGNATURE, witness.raw);

  it('is good with its time, under its own text, by its own key', () => {
    const note = parseNote(formatNote(text, [cosign(key, text, 1_700_000_000, witness.sign)]));
    expect(judgeSignature(verifyEd25519, note, key)).toEqual({ state: 'good', seconds: 1_700_000_000 });
    const other = parseNote(formatNote(text.replace('7', '8'), linesOf(note)));
    expect(judgeSignature(verifyEd25519, other, key).state).toBe('bad');
  });

  it('is bad with another time, and a plain signature is none', () => {
    const [signature] = parseNote(
      formatNote(text, [cosign(key, text, 1_700_000_000, witness.sign)]),
    ).signatures;
    const value = Uint8Array.from(signature?.value ?? []);
    value[7] = (value[7] ?? 0) ^ 1;
    for (const line of [signatureLine(key, value), signatureLine(key, witness.sign(utf8(text)))])
      expect(judgeSignature(verifyEd25519, parseNote(formatNote(text, [line])), key).state).toBe('bad');
  });

  it('has another id than the same key would have for notes', () => {
    expect(key.id).not.toBe(makeKey(sha256, key.name, ED25519, witness.raw).id);
  });
});
