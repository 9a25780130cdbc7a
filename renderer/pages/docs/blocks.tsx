import type { Block, Inline, Line } from '../../../shared/docs/markdown.ts';
import { useStores } from '../../stores/stores.tsx';
import { PAGES } from '../../stores/ui.ts';
import { Banner, Command } from '../../ui/message.tsx';

export interface LinkProps {
  /** Reads another page where this one is read. */
  readonly onDoc: (id: string) => void;
}

function Link({ span, onDoc }: LinkProps & { readonly span: Extract<Inline, { is: 'link' }> }) {
  const { ui } = useStores();
  const [kind, id = ''] = span.to.split(':');
  const open = () => {
    const screen = PAGES.find((page) => page === id);
    if (kind === 'doc') onDoc(id);
    else if (screen) ui.go(screen);
  };
  return (
    <button type="button" className="inline text-left text-accent underline" onClick={open}>
      {span.text}
    </button>
  );
}

function Span({ span, onDoc }: LinkProps & { readonly span: Inline }) {
  switch (span.is) {
    case 'code':
      return (
        <code className="break-words rounded-[3px] bg-canvas px-1 font-mono text-small">{span.text}</code>
      );
    case 'strong':
      return <strong className="font-semibold text-ink">{span.text}</strong>;
    case 'em':
      return <em className="italic">{span.text}</em>;
    case 'link':
      return <Link span={span} onDoc={onDoc} />;
    default:
      return span.text;
  }
}

/** Pages never change while the console runs, so the place of a part is its identity. */
const keyed = <T,>(parts: readonly T[]): (readonly [string, T])[] =>
  parts.map((part, index) => [`${index}`, part] as const);

const Text = ({ line, onDoc }: LinkProps & { readonly line: Line }) =>
  keyed(line).map(([key, span]) => <Span key={key} span={span} onDoc={onDoc} />);

function Items({ block, onDoc }: LinkProps & { readonly block: Extract<Block, { is: 'list' }> }) {
  const items = keyed(block.items).map(([key, line]) => (
    <li key={key} className="pl-1">
      <Text line={line} onDoc={onDoc} />
    </li>
  ));
  const look = 'flex flex-col gap-1.5 pl-5';
  return block.from !== null ? (
    <ol start={block.from} className={`list-decimal ${look}`}>
      {items}
    </ol>
  ) : (
    <ul className={`list-disc ${look}`}>{items}</ul>
  );
}

const Table = ({ block, onDoc }: LinkProps & { readonly block: Extract<Block, { is: 'table' }> }) => (
  <table className="w-full border-collapse text-left text-body">
    <thead>
      <tr className="border-line-strong border-b text-faint text-small">
        {keyed(block.head).map(([key, line]) => (
          <th key={key} scope="col" className="py-1.5 pr-4 font-medium">
            <Text line={line} onDoc={onDoc} />
          </th>
        ))}
      </tr>
    </thead>
    <tbody>
      {keyed(block.rows).map(([key, row]) => (
        <tr key={key} className="border-line border-b align-top">
          {keyed(row).map(([cell, line]) => (
            <td key={cell} className="break-words py-1.5 pr-4">
              <Text line={line} onDoc={onDoc} />
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  </table>
);

function One({ block, onDoc }: LinkProps & { readonly block: Block }) {
  switch (block.is) {
    case 'heading':
      return <h3 className="pt-2 font-semibold text-body text-ink">{block.text}</h3>;
    case 'code':
      return <Command>{block.text}</Command>;
    case 'list':
      return <Items block={block} onDoc={onDoc} />;
    case 'table':
      return <Table block={block} onDoc={onDoc} />;
    case 'note':
      return (
        <Banner tone="info">
          <Text line={block.line} onDoc={onDoc} />
        </Banner>
      );
    default:
      return (
        <p>
          <Text line={block.line} onDoc={onDoc} />
        </p>
      );
  }
}

/** The text of a page. It is drawn from parts, never from markup, so nothing in it can be more than text. */
export const Blocks = ({ blocks, onDoc }: LinkProps & { readonly blocks: readonly Block[] }) => (
  <div className="flex flex-col gap-3 text-body text-soft leading-6">
    {keyed(blocks).map(([key, block]) => (
      <One key={key} block={block} onDoc={onDoc} />
    ))}
  </div>
);
