/** @file Why the file system refused something, in words and for the end of a sentence. */

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
};

const READING: Readonly<Record<string, string>> = {
  ...WRITING,
  ENOENT: 'there is no such file',
};

/** Why a file cannot be written. Does not name a file: what was written may have been one beside it. */
export function whyNotWritten(error: unknown): string {
  return wordsFor(error, WRITING);
}

/** Why a file cannot be read. */
export function whyNotRead(error: unknown): string {
  return wordsFor(error, READING);
}

function wordsFor(error: unknown, words: Readonly<Record<string, string>>): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  // Node ends with the call and the path, which the sentence around it has already.
  return words[code] ?? message.replace(/, \w+ '.*'$/s, '');
}
