import { type IdKind, idOf } from '../../../shared/ids/ids.ts';
import { HttpError } from '../../gate/http-error.ts';

/** What a list asks of its store. */
export interface PageOf {
  /** Rows older than this id: ids sort by time and are unique, so equal times neither skip nor repeat a row. */
  readonly before: string | undefined;
  readonly limit: number;
  readonly search: string | undefined;
}

interface PageQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly search?: string | undefined;
}

/**
 * One row more than asked for: it tells whether another page follows.
 * @throws HttpError `bad_request` for a cursor that is no id of these kinds
 */
export function pageOf({ limit, cursor, search }: PageQuery, ...kinds: readonly IdKind[]): PageOf {
  if (cursor !== undefined && !kinds.some((kind) => idOf(kind).safeParse(cursor).success))
    throw new HttpError('bad_request', 'this cursor is not one of ours');
  return { before: cursor, limit: limit + 1, search };
}

/** The page without the row that only told that more follow. */
export function cutPage<T extends { readonly id: string }>(items: readonly T[], limit: number) {
  const page = items.slice(0, limit);
  return { page, nextCursor: items.length > limit ? (page.at(-1)?.id ?? null) : null };
}
