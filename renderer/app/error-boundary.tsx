import { Component } from 'react';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/message.tsx';

interface BoundaryProps {
  readonly children: React.ReactNode;
}

/** Keeps a page that fails while drawing from taking the shell along. */
export class ErrorBoundary extends Component<BoundaryProps, { readonly failed: Error | null }> {
  override state: { readonly failed: Error | null } = { failed: null };

  static getDerivedStateFromError(failed: Error): { readonly failed: Error } {
    return { failed };
  }

  override render(): React.ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <div className="p-(--page)">
        <EmptyState
          testId="page-failed"
          tone="bad"
          title="This page failed to draw"
          actions={<Button onClick={() => this.setState({ failed: null })}>Draw it again</Button>}
        >
          <p role="alert">
            The rest of the console works. Draw the page again; if it fails again, report this text:
          </p>
          <code className="select-all font-mono text-small">{this.state.failed.message}</code>
        </EmptyState>
      </div>
    );
  }
}
