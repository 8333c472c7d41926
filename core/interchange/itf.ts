/**
 * The Informal Trace Format of Apalache and Quint: a counterexample of a model checker as a list of
 * states.
 *
 * A document of another tool becomes a trace whose step `n - 1` leads to state `n`. What the steps of a
 * trace cannot hold, such as `#meta`, `loop` and the names of the parameters, is kept in its header: a
 * document that is imported and exported says the same.
 *
 * A trace of a machine becomes a document that every tool can read, and that has the trace itself in
 * its `#meta`, under `phasmoscope`: header and end in that of the document, each step in that of its
 * state. Importing it restores the whole trace, unless the states were changed.
 *
 * @see https://apalache-mc.org/docs/adr/015adr-trace.html
 */
export { ItfError } from './itf-document.ts';
export { fromItf, type ReadItf } from './itf-reader.ts';
export { itfText, leftOutOfPart, toItf, type ItfPart } from './itf-writer.ts';
