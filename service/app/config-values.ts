import { isAbsolute } from 'node:path';
import { z } from 'zod';

export const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  );

const isRedisUrl = (text: string): boolean => /^rediss?:\/\//.test(text) && URL.canParse(text);

/** One node may be a socket's path; a cluster's nodes tell each other's addresses. */
export const redisUrl = z.string().refine((text) => {
  const nodes = text.split(',').map((node) => node.trim());
  return nodes.every(isRedisUrl) || (nodes.length === 1 && isAbsolute(text));
}, 'must be redis://, rediss:// or the path of a socket; nodes of a cluster are separated by commas');
