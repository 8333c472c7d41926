/**
 * @file The limits on everything that comes from outside. Each stands with the reason for its number:
 * far above what real runs need, and low enough that what a file decides can neither exhaust the
 * memory nor the stack, nor take minutes.
 */

/**
 * How deep containers lie in each other in a value. The recursive functions over values use up the
 * stack of a browser at 1 200 levels at the earliest; a third leaves room for their callers.
 */
export const VALUE_LEVELS_MAX = 400;

/**
 * The most lists and objects in a JSON text, such as a line of a trace. Sixty kilobytes can unpack to a line with
 * twenty million empty ones, and decoding those takes minutes and gigabytes; decoding the most takes about twenty
 * seconds. A state reaches it with a million records, each with a key in a Map and two containers inside.
 */
export const JSON_CONTAINERS_MAX = 4_000_000;

/**
 * The containers in a value that is written: no line could hold more. A value whose parts are used many times,
 * such as `[a, a]` in forty levels, has no end.
 */
export const WRITTEN_CONTAINERS_MAX = JSON_CONTAINERS_MAX;

/** The characters of a bigint: converting it takes time by the square of its length. */
export const BIGINT_CHARS_MAX = 100_000;

/**
 * How deep brackets lie in each other in a text of JSON: a line of a trace, a counterexample of a model
 * checker, a file of inputs, a message of a process. A level of a value has up to four, as in
 * `{"$map":[[key,value]]}`, and what is around the value adds a few.
 */
export const JSON_LEVELS_MAX = 4 * VALUE_LEVELS_MAX + 16;

/**
 * The characters of a line of a trace. Parsed JSON takes up to twelve bytes for a character, so a line
 * fits into a window's memory of 4 GB. The largest states of the samples have 1 MB.
 */
export const LINE_CHARS_MAX = 64 * 1024 * 1024;

/** The characters of a trace that is kept in memory; a million ordinary steps have 250 million. */
export const TRACE_CHARS_MAX = 512 * 1024 * 1024;

/** The characters of a trace that stays in its file: twice those of the longest ordinary runs. */
export const FILE_CHARS_MAX = 4 * 1024 * 1024 * 1024;

/**
 * The effort of applying the patches of a trace, in units of some nanoseconds: that of any trace, and what
 * each of its characters adds. Patches of recorded runs take less than reading their lines, since
 * containers with many items are shared, and objects as keys of a Map or members of a Set are found by an
 * index of their contents; the limit is there for tuples, which are copied, and for members of a Set that
 * all have the same content.
 */
export const PATCH_EFFORT_FREE = 5_000_000_000;
export const PATCH_EFFORT_PER_CHAR = 2_000;

/**
 * The effort of comparing digests of states while a trace is read to be looked at, some thirty
 * milliseconds and a tenth of the effort of reading. States beyond it are compared when they are shown.
 */
export const QUICK_DIGESTS = { free: 30_000_000, perStep: 0, perChar: 2 } as const;

/**
 * The characters of a trace whose steps are searched for names that stand twice in an object while it is read to be
 * looked at: some tenth of a second. Where the whole trace counts, all are.
 */
export const QUICK_NAMES_CHARS = 8_000_000;

/**
 * The effort of comparing digests of states where the whole trace counts: for a command, or to say where
 * a trace was damaged. The states of ordinary runs take less.
 */
export const THOROUGH_DIGESTS = { free: 1_000_000_000, perStep: 30_000, perChar: 5 } as const;

/**
 * The bytes of a file that is one document of JSON, decompressed: a counterexample of a model checker, a
 * list of inputs, a report. It is read as a whole. The exported run of a thousand steps has some 30 MB.
 */
export const DOCUMENT_BYTES_MAX = 256 * 1024 * 1024;

/**
 * The values in such a document, of which each takes some hundred bytes until it is part of a trace. A
 * document of {@link DOCUMENT_BYTES_MAX} has fewer, if its values have 25 characters on average.
 */
export const DOCUMENT_VALUES_MAX = 10_000_000;

/**
 * The lists, records, sets and maps in a counterexample of a model checker: ten times those of a long one.
 */
export const ITF_CONTAINERS_MAX = 1_000_000;

/**
 * The effort of finding out what its states change, some seconds, in units of some nanoseconds. Sets of
 * sets that are others in each state, by the hundred thousand, take more.
 */
export const ITF_EFFORT_MAX = 2_000_000_000;

/** Lines without content are skipped, but a file that consists of them has no end. */
export const BLANK_LINES_MAX = 1_000;

/** The steps of a trace: runs have at most 5 million operations, with fault steps between them. */
export const STEPS_MAX = 10_000_000;

/** The actions of a step in each of its lists. Each is a row of the step's panel. */
export const STEP_ACTIONS_MAX = 10_000;

/**
 * The characters of an action as JSON. The panels keep the actions of the steps around the cursor, and a
 * run has thousands; an action that carries a photo has 3 million.
 */
export const ACTION_CHARS_MAX = 4 * 1024 * 1024;

/** The findings of a step. Each is a note of the step's panel. */
export const STEP_FINDINGS_MAX = 1_000;

/** The findings and recoveries of a trace, which are kept in memory, 200 bytes each or more. */
export const FINDINGS_MAX = 1_000_000;

/** The tracked actions of a trace, which are kept in memory, 200 bytes each or more. */
export const SPANS_MAX = 5_000_000;

/** The characters of a line that a machine's process writes: no trace could hold a longer state. */
export const PROCESS_LINE_CHARS_MAX = LINE_CHARS_MAX;

/**
 * The characters that a machine's process writes to standard error for one answer. They are thrown
 * away but for their end; a process that writes more is busy with nothing else.
 */
export const PROCESS_STDERR_CHARS_MAX = 16 * 1024 * 1024;

/** The notes on a trace: each is a row of a list, a mark on the timeline, and a page of a talk. */
export const NOTES_MAX = 1_000;

/** The characters of a note: some pages. */
export const NOTE_CHARS_MAX = 20_000;

/** The lines of a trace that are asked for at once. */
export const LINES_ASKED_MAX = 100_000;

/**
 * The invariants, the settled properties, the goals (`sometimes`) and the tallies of a trace, of each
 * kind. Each is a row whose verdict is looked up at every step shown.
 */
export const PROPERTIES_MAX = 10_000;

/**
 * The names of a kind that a machine file may give: invariants, settled properties, scenarios, and so
 * on. People choose among them in lists.
 */
export const NAMES_MAX = 1_000;

/** The characters of such a name, which stands in every line of a list. */
export const NAME_CHARS_MAX = 200;

/** The characters of a description. */
export const DESCRIPTION_CHARS_MAX = 10_000;

/** The characters of an expression over steps, which a person types. */
export const EXPRESSION_CHARS_MAX = 10_000;

/** The runs that a claim is asked of at once: each has a line of its own in the result. */
export const ASKED_RUNS_MAX = 10_000;
/** What a step may print: enough to read, and little beside the rest of its line. */
export const PRINTED_MAX = 200;
export const PRINTED_CHARS_MAX = 20_000;

/** The characters that a run may print: they fit into the memory of a window, all at once. */
export const RUN_PRINTED_CHARS_MAX = 4_000_000;

/** The items of a view that a machine declares: more than a person takes in, fewer than a page draws slowly. */
export const DRAWN_ITEMS_MAX = 2_000;

/** The characters of a text in such a view. */
export const DRAWN_CHARS_MAX = 2_000;

/** The steps of a view that are drawn at once: those around the cursor. */
export const DRAWN_STEPS_MAX = 64;

/** The states of a run whose views are drawn for a page: those around the step that it shows first. */
export const PAGE_STATES_DRAWN_MAX = 256;

/** The most characters of lines that a run may have to be saved as a page: a browser holds all of them. */
export const PAGE_CHARS_MAX = 256 * 1024 * 1024;
