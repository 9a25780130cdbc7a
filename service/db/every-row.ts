/** Rows of one page; a shorter page is the last. */
export const EVERY_ROW_PAGE = 2000;

/** Reads to the end, a page at a time: no single statement grows with the table. */
export async function* everyRow<Row extends { readonly id: string }>(
  page: (after: string) => Promise<Row[]>,
): AsyncGenerator<Row> {
  for (let after = ''; ; ) {
    const rows = await page(after);
    yield* rows;
    const last = rows.at(-1);
    if (rows.length < EVERY_ROW_PAGE || last === undefined) return;
    after = last.id;
  }
}
