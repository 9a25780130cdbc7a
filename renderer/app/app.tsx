import { CSPProvider } from '@base-ui/react/csp-provider';
import { BridgeProvider, type BridgeScope } from '../bridge/context.tsx';
import { type Stores, StoresProvider } from '../stores/stores.tsx';
import { Shell } from './shell.tsx';

interface AppProps {
  readonly scope: BridgeScope;
  readonly stores: Stores;
}

/** The whole screen, given its door and its stores. Base UI's own style elements would break the content security policy. */
export const App = ({ scope, stores }: AppProps) => (
  <CSPProvider disableStyleElements>
    <BridgeProvider value={scope}>
      <StoresProvider value={stores}>
        <Shell />
      </StoresProvider>
    </BridgeProvider>
  </CSPProvider>
);
