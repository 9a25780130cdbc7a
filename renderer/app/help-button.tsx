import { useStores, useUi } from '../stores/stores.tsx';
import { Button } from '../ui/button.tsx';
import { Kbd } from '../ui/kbd.tsx';

/** Opens what is written about the screen, beside it. Stands at the end of every heading. */
export function HelpButton() {
  const { ui } = useStores();
  const open = useUi((s) => s.help !== null);
  return (
    <Button
      small
      kind="quiet"
      data-testid="help"
      aria-expanded={open}
      aria-keyshortcuts="H"
      title="Guide and runbooks of this screen"
      onClick={() => ui.toggleHelp()}
    >
      Help <Kbd>H</Kbd>
    </Button>
  );
}
