import type { BreakGlassOrder } from '../../../shared/http/orders.ts';
import { CopyButton } from '../../ui/copy.tsx';

/** The file of an order as it is: what people read in it is what the service does. */
export const OrderFile = ({ order: { id, file } }: { readonly order: BreakGlassOrder }) => (
  <figure className="flex flex-col gap-1">
    <figcaption className="flex items-center gap-1 text-small text-soft">
      Save it as {id}.txt, byte by byte: it ends with a line break.
      <CopyButton text={file} what={`the file of ${id}`} />
    </figcaption>
    <pre
      className="select-all overflow-auto rounded-sm border border-line bg-canvas p-3 font-mono text-small"
      data-testid="order-file"
    >
      {file}
    </pre>
  </figure>
);
