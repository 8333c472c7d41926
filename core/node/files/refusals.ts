/** @file Why the file system refused something, in words. */
import { readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { ProblemError } from '../../problem.ts';
import { askMeant } from '../../text/choices.ts';
import { codeOf, messageOf } from '../../thrown.ts';

const WRITING: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EISDIR: 'it is a folder',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'the disk is read-only',
  ELOOP: 'it is a link that leads in a circle',
  ENAMETOOLONG: 'its name is too long',
  ENOSPC: 'there is no space left on the disk',
  EDQUOT: 'the quota of the disk is used up',
};

/** What helps where a file cannot be written. */
const WRITING_REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'Make room, or write to another disk.',
  EDQUOT: 'Make room, or write to another disk.',
  EROFS: 'Write to another folder.',
  ENOENT: 'Create the folder first.',
  EISDIR: 'Give the name of a file.',
  EACCES: 'Ask for the permission, or write to another folder.',
};

const READING: Readonly<Record<string, string>> = {
  ...WRITING,
  ENOENT: 'it does not exist',
};

/** The files of a folder among which a mistyped name is looked for. */
const NEIGHBOURS_MAX = 1_000;

/**
 * The problem of a path that leads to nothing, with the file beside it that was likely meant.
 *
 * @param remedy what the path should lead to.
 */
export function missingFile(path: string, remedy = 'Check the path.'): ProblemError {
  return new ProblemError({
    title: `The file ${path} does not exist.`,
    remedy: askMeant(basename(path), neighboursOf(path)) + remedy,
  });
}

function neighboursOf(path: string): readonly string[] {
  try {
    return readdirSync(dirname(path)).slice(0, NEIGHBOURS_MAX);
  } catch {
    // Neither does its folder exist.
    return [];
  }
}

/** Why a file cannot be written, for the end of a sentence. Does not name a file: what was written may have been one beside it. */
export function whyNotWritten(error: unknown): string {
  return wordsFor(error, WRITING);
}

/** What to do about a file that cannot be written, as a sentence. */
export function remedyOfWriting(error: unknown): string {
  return WRITING_REMEDIES[codeOf(error) ?? ''] ?? 'Write to a folder that exists and has room.';
}

/** Why a file cannot be read, for the end of a sentence. */
export function whyNotRead(error: unknown): string {
  return wordsFor(error, READING);
}

function wordsFor(error: unknown, words: Readonly<Record<string, string>>): string {
  // Node ends with the call and the path, which the sentence around it has already.
  return words[codeOf(error) ?? ''] ?? messageOf(error).replace(/, \w+ '.*'$/s, '');
}
