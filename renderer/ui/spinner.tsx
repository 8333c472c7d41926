import { LoaderCircle, type LucideProps } from 'lucide-react';
import type { ReactNode } from 'react';
import './spinner.css';

/** Shows that something goes on: it turns, unless the person wants less motion. */
export function Spinner({ className = '', ...props }: LucideProps): ReactNode {
  return <LoaderCircle {...props} aria-hidden className={`spinner ${className}`} />;
}
