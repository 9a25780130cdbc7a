import { Article } from '../pages/docs/article.tsx';
import { DocLink } from '../pages/docs/doc-link.tsx';
import { docs } from '../pages/docs/library.ts';
import { useStores, useUi } from '../stores/stores.tsx';
import { Button } from '../ui/button.tsx';
import { Drawer } from '../ui/drawer.tsx';
import { EmptyState } from '../ui/message.tsx';

/** The guide of the screen, or the runbook that somebody follows, beside the screen where it is done. */
export function HelpPanel() {
  const { ui } = useStores();
  const screen = useUi((s) => s.page);
  const asked = useUi((s) => s.help?.doc ?? null);
  const serving = docs.ofSurface(screen);
  const page = asked === null ? serving[0] : docs.get(asked);
  const others = serving.filter((one) => one.id !== page?.id);
  return (
    <Drawer
      narrow
      label="Help"
      testId="help-panel"
      onClose={() => ui.closeHelp()}
      title={
        <span className="flex items-center gap-2">
          Help
          {page ? (
            <Button small kind="link" onClick={() => ui.readDoc(page.id)}>
              Open in Docs
            </Button>
          ) : null}
        </span>
      }
    >
      <div className="flex flex-col gap-4 p-4">
        {others.length > 0 ? (
          <nav aria-label="Also about this screen" className="flex flex-col gap-1">
            {others.map((other) => (
              <DocLink key={other.id} page={other} onOpen={() => ui.openHelp(other.id)} />
            ))}
          </nav>
        ) : null}
        {page ? (
          <Article page={page} onDoc={(id) => ui.openHelp(id)} />
        ) : (
          <EmptyState title="Nothing is written about this yet">
            <p>Search the Docs screen for what you want to do.</p>
          </EmptyState>
        )}
      </div>
    </Drawer>
  );
}
