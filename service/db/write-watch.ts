type Handler = () => void;

/** Whatever names the table and is no plain query may write to it; a false alarm costs little, a silence would not. */
const isQuery = /^\s*select\b/i;
const endsTransaction = /^\s*(?:commit|rollback)\s*$/i;

/**
 * Tells when this process may have changed a table: after the statement and after every later one of its transaction, the commit
 * included, before the caller of the commit hears of it.
 */
export class WriteWatch {
  readonly #watched: { readonly table: string; readonly handler: Handler }[] = [];

  watch(table: string, handler: Handler): void {
    this.#watched.push({ table, handler });
  }

  /** @returns to be called after each statement of one connection, whether or not it succeeded */
  follow(): (text: string) => void {
    const touched = new Set<Handler>();
    return (text) => {
      for (const { table, handler } of this.#watched)
        if (text.includes(table) && !isQuery.test(text)) touched.add(handler);
      for (const handler of touched) handler();
      if (endsTransaction.test(text)) touched.clear();
    };
  }
}
