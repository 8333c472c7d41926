import { describe, expect, it } from 'vitest';
import { currentRuntime, explainRuntime } from './runtime.ts';

const OLD = { node: '20.20.2', v8: '11.3.244.8-node.30', icu: '78.1', unicode: '17.0' };
const NEW = { node: '20.18.1', v8: '13.0.245.16-electron.0', icu: '74.1', unicode: '15.1' };

describe('what the runtime explains', () => {
  it('is nothing when the recording names none, or the same', () => {
    expect(explainRuntime(undefined)).toBeUndefined();
    expect(explainRuntime(currentRuntime())).toBeUndefined();
    expect(explainRuntime({ ...OLD, node: '20.0.0' }, OLD)).toBeUndefined();
  });

  it('is the built-ins between two versions of V8, whichever is the newer one', () => {
    const text = explainRuntime(NEW, OLD);
    expect(text).toContain(
      'recorded with V8 13.0.245.16-electron.0, ICU 74.1, Unicode 15.1 and executed with V8 11.3.',
    );
    expect(text).toContain('Object.groupBy and Map.groupBy');
    expect(text).toContain('Set.prototype.union');
    expect(text).not.toContain('isWellFormed');
    expect(text).not.toContain('Float16Array');
    expect(explainRuntime(OLD, NEW)).toContain('Object.groupBy and Map.groupBy');
  });

  it('is Intl alone when only ICU differs', () => {
    expect(explainRuntime({ ...OLD, icu: '70.1' }, OLD)).toBe(
      'It was recorded with ICU 70.1 and executed with ICU 78.1: what Intl and localeCompare give may differ.',
    );
  });
});
