import { useStores } from '../../stores/stores.tsx';
import { NO_FILTER } from '../../stores/ui.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/message.tsx';

/** No entry to show: because none matches, or because nothing has happened yet. */
export function LedgerEmpty({ narrowed }: { readonly narrowed: boolean }) {
  const { ui } = useStores();
  if (narrowed) {
    return (
      <EmptyState
        testId="empty-filtered"
        title="No entry matches"
        actions={<Button onClick={() => ui.filterLedger(NO_FILTER)}>Clear the filter</Button>}
      >
        <p>Every part of the filter must match. New entries that do will appear here by themselves.</p>
      </EmptyState>
    );
  }
  return (
    <EmptyState
      testId="empty"
      title="Nothing has happened yet"
      actions={
        <>
          <Button kind="primary" onClick={() => ui.go('keys', 'create-key')}>
            Create a key
          </Button>
          <Button onClick={() => ui.go('operators', 'invite')}>Set up the simulator</Button>
        </>
      }
    >
      <p>
        Every change of the service becomes an entry here. Create a key, or let the simulator play traffic,
        and watch the entries arrive.
      </p>
    </EmptyState>
  );
}
