import { Component, type ReactNode } from 'react';
import { Details } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { Placeholder } from '../ui/placeholder.tsx';

interface Failure {
  readonly error: unknown;
}

/** Keeps the window alive when a part of it cannot be shown, and shows what happened. */
export class ErrorBoundary extends Component<
  { readonly children: ReactNode },
  { readonly failure: Failure | undefined }
> {
  override state: { readonly failure: Failure | undefined } = { failure: undefined };

  static getDerivedStateFromError(error: unknown) {
    return { failure: { error } };
  }

  override render(): ReactNode {
    const { failure } = this.state;
    if (!failure) return this.props.children;
    const { error } = failure;
    return (
      <div className="panel" role="alert">
        <Placeholder title="This cannot be shown">
          <p className="muted">
            {String(error)}. Nothing is lost: close the run on the left, or try again.
          </p>
          {error instanceof Error && error.stack !== undefined && <Details text={error.stack} />}
          <Button onPress={() => this.setState({ failure: undefined })}>Try again</Button>
        </Placeholder>
      </div>
    );
  }
}
