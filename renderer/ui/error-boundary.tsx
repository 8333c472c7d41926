import { Component, type ReactNode } from 'react';
import { shownLines } from '../words/shown.ts';
import { Details } from './banner.tsx';
import { Button } from './button.tsx';
import { Placeholder } from './placeholder.tsx';

export interface ErrorBoundaryProps {
  /** What cannot be shown, with its article: `The state`. */
  readonly part: string;
  /** What it shows: it is tried again as soon as this is something else. */
  readonly subject?: unknown;
  /** What stands in its place, where there is no room for an explanation. */
  readonly fallback?: ReactNode;
  readonly children: ReactNode;
}

interface State {
  readonly failure: { readonly error: unknown } | undefined;
  readonly subject: unknown;
}

/**
 * Keeps the rest of the window working when a part of it cannot be shown, and shows there what
 * happened. An error is of one subject: another one is shown as if nothing had been.
 */
export class ErrorBoundary extends Component<ErrorBoundaryProps, State> {
  override state: State = { failure: undefined, subject: this.props.subject };

  static getDerivedStateFromError(error: unknown) {
    return { failure: { error } };
  }

  static getDerivedStateFromProps({ subject }: ErrorBoundaryProps, state: State): State | null {
    return subject === state.subject ? null : { failure: undefined, subject };
  }

  override render(): ReactNode {
    const { part, fallback, children } = this.props;
    const { failure } = this.state;
    if (!failure) return children;
    if (fallback !== undefined) return fallback;
    const { error } = failure;
    return (
      <div className="panel" role="alert">
        <Placeholder title={`${part} cannot be shown here`}>
          <p className="muted">{shownLines(String(error))}</p>
          <p className="muted">Go to another step, open another run, or try again.</p>
          {error instanceof Error && error.stack !== undefined && <Details text={error.stack} />}
          <Button onPress={() => this.setState({ failure: undefined })}>Try again</Button>
        </Placeholder>
      </div>
    );
  }
}
