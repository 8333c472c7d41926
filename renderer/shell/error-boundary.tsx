import { Component, type ReactNode } from 'react';
import { Button } from 'react-aria-components';

interface Failure {
  readonly error: unknown;
}

/** Keeps the window alive when a part of it cannot be shown, and tells what happened. */
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
      <section className="panel waiting" role="alert">
        <h2>This cannot be shown</h2>
        <p className="muted">
          {String(error)}. Nothing is lost: close the run on the left, or try again.
        </p>
        <details>
          <summary className="small">Details</summary>
          <pre className="data">{error instanceof Error ? error.stack : null}</pre>
        </details>
        <Button className="button" onPress={() => this.setState({ failure: undefined })}>
          Try again
        </Button>
      </section>
    );
  }
}
