import { z } from 'zod';
import { DocsError } from './docs-error.ts';
import { limitNamed } from './limits.ts';
import { type Block, parseMarkdown } from './markdown.ts';

export const AUDIENCES = ['reviewer', 'custodian', 'responder', 'administrator'] as const;
export type Audience = (typeof AUDIENCES)[number];

/** What a page is for: to begin, to act when something is wrong, to know a screen, to look a thing up. */
export const LANES = ['start', 'runbook', 'screen', 'reference'] as const;
export type Lane = (typeof LANES)[number];

const docId = z.string().regex(/^[a-z][a-z0-9-]{1,40}$/);
const list = <T extends z.ZodType>(of: T) =>
  z.preprocess(
    (text) =>
      typeof text === 'string'
        ? text
            .split(',')
            .map((part) => part.trim())
            .filter((part) => part !== '')
        : text,
    z.array(of),
  );
const noneOr = <T extends z.ZodType>(of: T) =>
  z.preprocess((text) => (text === 'none' ? null : text), of.nullable());

/** The head of a page. Every line of it must be there: what is not known has to be said. */
const head = z.strictObject({
  title: z.string().min(3).max(60),
  summary: z.string().min(20).max(160),
  audience: list(z.enum(AUDIENCES)).pipe(z.array(z.enum(AUDIENCES)).min(1)),
  lane: z.enum(LANES),
  /** Screens that this page serves, by their id. */
  surface: list(docId),
  /** `planned` says on the page that the thing is not built yet. */
  status: z.enum(['current', 'planned', 'superseded']),
  /** The document that said this before, for those who come from there. */
  legacySource: noneOr(z.string().max(120)),
  previous: noneOr(docId),
  next: noneOr(docId),
  related: list(docId),
});
type Head = z.infer<typeof head>;

export interface DocPage extends Head {
  readonly id: string;
  /** Its text with the figures in place. */
  readonly markdown: string;
  readonly blocks: readonly Block[];
}

const HEAD = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/;
const FIGURE = /\{\{([^}]*)\}\}/g;

/**
 * @param text the whole file: a head between two lines of `---`, one `name: value` a line, then Markdown
 * @throws DocsError
 */
export function readPage(id: string, text: string): DocPage {
  const [, lines, body] = HEAD.exec(text.replaceAll('\r\n', '\n')) ?? [];
  if (lines === undefined || body === undefined) throw new DocsError('bad-head', `${id} has no head`);
  const told = Object.fromEntries(
    lines.split('\n').map((line): [string, string] => {
      const at = line.indexOf(':');
      return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    }),
  );
  const parsed = head.safeParse(told);
  if (!docId.safeParse(id).success || !parsed.success)
    throw new DocsError('bad-head', `${id}: ${parsed.error ? z.prettifyError(parsed.error) : 'not an id'}`);
  const markdown = body.trim().replace(FIGURE, (_all, name: string) => limitNamed(name.trim(), id));
  return { id, ...parsed.data, markdown, blocks: parseMarkdown(markdown, id) };
}
