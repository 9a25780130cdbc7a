import { readFile } from 'node:fs/promises';
import type { ReadStream } from 'node:tty';
import { OrderToolError } from './errors.ts';

/** Longer than any code with blanks: what is read of a pipe. */
const MOST_CHARACTERS = 256;
const [ENTER, INTERRUPT, DELETE] = ['\r', '\u0003', '\u007f'];

type Input = Pick<ReadStream, 'isTTY' | 'setRawMode' | 'setEncoding' | 'pause' | 'resume' | 'on' | 'off'> &
  AsyncIterable<string | Uint8Array>;

/** Reads a line without echo: codes lie in envelopes, and terminals are seen over shoulders. */
function typedCode(input: Input): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const end = (settle: () => void): void => {
      input.off('data', take);
      input.setRawMode(false);
      input.pause();
      settle();
    };
    const take = (typed: string): void => {
      for (const key of typed)
        if (key === ENTER || key === '\n') end(() => resolve(text));
        else if (key === INTERRUPT) end(() => reject(new OrderToolError('code', 'Nothing was run.')));
        else text = key === DELETE ? text.slice(0, -1) : text + key;
    };
    input.setRawMode(true);
    input.setEncoding('utf8');
    input.on('data', take);
    input.resume();
  });
}

async function pipedCode(input: Input): Promise<string> {
  let text = '';
  for await (const part of input) {
    text += String(part);
    if (text.length > MOST_CHARACTERS) break;
  }
  return text;
}

/** The code from a file, a pipe or the keyboard; never from an argument, which every process of the machine can read. */
export async function readCode(
  codeFile: string | null,
  input: Input,
  ask: (text: string) => void,
): Promise<string> {
  if (codeFile !== null)
    try {
      return (await readFile(codeFile, 'utf8')).trim();
    } catch (cause) {
      throw new OrderToolError('file', `${codeFile} cannot be read: ${(cause as Error).message}`, { cause });
    }
  if (!input.isTTY) return (await pipedCode(input)).trim();
  ask('Code of the envelope (it is not shown): ');
  const code = await typedCode(input);
  ask('\n');
  return code.trim();
}
