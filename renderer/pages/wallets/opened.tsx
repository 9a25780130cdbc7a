import type { ComponentProps } from 'react';
import type { Wallet } from '../../../shared/http/treasury.ts';
import { Button } from '../../ui/button.tsx';
import { Drawer } from '../../ui/drawer.tsx';
import { EmptyState } from '../../ui/message.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { RemoteValue } from '../parts/remote.tsx';
import { WalletDetail } from './detail.tsx';
import { useWallet } from './use-wallets.ts';

interface OpenedProps extends Omit<ComponentProps<typeof WalletDetail>, 'wallet'> {
  readonly address: string;
  /** As the list has it; undefined where the list does not reach back to it. */
  readonly listed: Wallet | undefined;
}

/** The wallet that somebody opened or was led to, or why there is none to show. */
export function OpenedWallet({ address, listed, ...detail }: OpenedProps) {
  const one = useWallet(address);
  const { onSettled, onClose } = detail;
  const wallet = one.data?.wallets.find((found) => found.address === address) ?? listed;
  if (wallet)
    return (
      <WalletDetail
        {...detail}
        wallet={wallet}
        onSettled={() => {
          one.retry();
          onSettled();
        }}
      />
    );
  return (
    <Drawer title="Wallet" label="Wallet details" testId="wallet-unread" onClose={onClose}>
      <div className="px-4 py-2">
        <RemoteValue
          remote={one}
          what="the wallet"
          skeleton={<SkeletonRows rows={3} waitingFor="the wallet" />}
        >
          {() => (
            <EmptyState
              testId="wallet-missing"
              tone="warn"
              title="Nobody has this wallet"
              actions={<Button onClick={onClose}>Close</Button>}
            >
              <p>
                No account and no agent has <code className="break-all font-mono">{address}</code>. Compare it
                with what led here.
              </p>
            </EmptyState>
          )}
        </RemoteValue>
      </div>
    </Drawer>
  );
}
