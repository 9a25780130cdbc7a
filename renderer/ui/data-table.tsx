import {
  type ColumnDef,
  flexRender,
  getCoreRowModel,
  getSortedRowModel,
  type Header,
  type RowData,
  type SortingState,
  type Row as TableRow,
  useReactTable,
} from '@tanstack/react-table';
import { memo, startTransition, useEffect, useState } from 'react';
import { cx } from './cx.ts';
import { ArrowDownIcon, ArrowUpIcon } from './icons.tsx';

declare module '@tanstack/react-table' {
  // The names of the parameters are the library's: the declaration must repeat them to merge.
  interface ColumnMeta<TData extends RowData, TValue> {
    /** Class of head and cells: width and alignment. */
    readonly className?: string;
    readonly row?: TData;
    readonly value?: TValue;
  }
}

export type Column<Row> = ColumnDef<Row, unknown>;

interface DataTableProps<Row> {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly columns: Column<Row>[];
  readonly rowId: (row: Row, index: number) => string;
  readonly rowTestId: string;
  readonly initialSort?: SortingState;
}

const ARIA_SORT = { asc: 'ascending', desc: 'descending', none: undefined } as const;

function Head<Row>({ header }: { readonly header: Header<Row, unknown> }) {
  const sorted = header.column.getIsSorted() || 'none';
  const text = flexRender(header.column.columnDef.header, header.getContext());
  return (
    <th
      scope="col"
      aria-sort={ARIA_SORT[sorted]}
      className={cx(
        'h-8 whitespace-nowrap px-2 text-left font-medium text-faint first:pl-0 last:pr-0',
        header.column.columnDef.meta?.className,
      )}
    >
      {header.column.getCanSort() ? (
        <button
          type="button"
          className="inline-flex items-center gap-1 hover:text-ink"
          onClick={header.column.getToggleSortingHandler()}
        >
          {text}
          {sorted === 'asc' ? <ArrowUpIcon size={10} /> : null}
          {sorted === 'desc' ? <ArrowDownIcon size={10} /> : null}
        </button>
      ) : (
        text
      )}
    </th>
  );
}

interface BodyRowProps<Row> {
  readonly row: TableRow<Row>;
  readonly columns: Column<Row>[];
  readonly testId: string;
}

function BodyRow<Row>({ row, testId }: BodyRowProps<Row>) {
  return (
    <tr data-testid={testId} className="border-line border-b hover:bg-hover">
      {row.getVisibleCells().map((cell) => (
        <td
          key={cell.id}
          className={cx(
            'h-(--row) px-2 align-middle first:pl-0 last:pr-0',
            cell.column.columnDef.meta?.className,
          )}
        >
          {flexRender(cell.column.columnDef.cell, cell.getContext())}
        </td>
      ))}
    </tr>
  );
}

/** Drawn again when it says something else: the library makes all rows anew when one of them changed. */
const KeptRow = memo(
  BodyRow,
  (before, now) =>
    before.row.original === now.row.original &&
    before.row.id === now.row.id &&
    before.row.index === now.row.index &&
    before.columns === now.columns &&
    before.testId === now.testId,
) as typeof BodyRow;

/** About what is in sight at once. */
const ROWS_AT_ONCE = 16;

/** How many rows are drawn by now: what is in sight first, the others by and by, so that no table holds the page up. */
function useDrawn(rows: number): number {
  const [drawn, setDrawn] = useState(ROWS_AT_ONCE);
  useEffect(() => {
    if (drawn < rows) startTransition(() => setDrawn(drawn + ROWS_AT_ONCE));
  }, [drawn, rows]);
  return drawn;
}

/** A table of up to a few hundred rows, sortable by its heads. Longer lists are virtualised where they are shown. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const [sorting, setSorting] = useState<SortingState>(props.initialSort ?? []);
  const table = useReactTable({
    // The library asks for a mutable array and never writes to it.
    data: props.rows as Row[],
    columns: props.columns,
    state: { sorting },
    onSortingChange: setSorting,
    getRowId: props.rowId,
    getCoreRowModel: getCoreRowModel(),
    getSortedRowModel: getSortedRowModel(),
  });
  const { rows } = table.getRowModel();
  const drawn = useDrawn(rows.length);
  return (
    <table aria-label={props.label} className="w-full border-collapse text-body">
      <thead className="text-small">
        {table.getHeaderGroups().map((group) => (
          <tr key={group.id} className="border-line border-b">
            {group.headers.map((header) => (
              <Head key={header.id} header={header} />
            ))}
          </tr>
        ))}
      </thead>
      <tbody>
        {rows.slice(0, drawn).map((row) => (
          <KeptRow key={row.id} row={row} columns={props.columns} testId={props.rowTestId} />
        ))}
        {/* The room of the rows that come: what stands below the table does not move. */}
        {drawn < rows.length ? (
          <tr aria-hidden style={{ height: `calc(${rows.length - drawn} * (var(--row) + 1px))` }} />
        ) : null}
      </tbody>
    </table>
  );
}
