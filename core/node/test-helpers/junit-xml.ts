/** @file What tests ask of a JUnit file. */

/** Test cases of a JUnit file, with what each holds. */
export function casesOf(xml: string) {
  return [...xml.matchAll(/<testcase(?:\s+\w+="[^"]*")*(?:\/>|>([\s\S]*?)<\/testcase>)/g)].map(
    ([, body = '']) => ({ body }),
  );
}

/** Whether each tag is closed, and nothing stands there that XML does not know. */
export function isWellFormed(xml: string): boolean {
  const open: string[] = [];
  const tag = /<(\/?)([\w-]+)(?:\s+[\w-]+="[^"<]*")*\s*(\/?)>/g;
  const text = xml.replace(/^<\?xml[^>]*\?>/, '').replaceAll(/<!\[CDATA\[[\s\S]*?\]\]>/g, '');
  for (const [, close, name = '', self] of text.matchAll(tag)) {
    if (close === '/') {
      if (open.pop() !== name) return false;
    } else if (self !== '/') open.push(name);
  }
  const rest = text.replaceAll(tag, '');
  return open.length === 0 && !/<|\]\]>/.test(rest) && !/[^\P{Cc}\s]/u.test(xml);
}
