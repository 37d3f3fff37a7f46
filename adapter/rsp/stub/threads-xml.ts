import type { StubTarget } from './target.ts';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** All threads with what they do, in one answer ("Thread List Format" in GDB's manual). */
export function threadsXml(target: Pick<StubTarget, 'threads' | 'activity'>): string {
  const lines = target.threads.map(({ id, name }) => {
    const what = escape(target.activity(id));
    return `<thread id="${id.toString(16)}" name="${escape(name)}">${what}</thread>`;
  });
  return ['<?xml version="1.0"?>', '<threads>', ...lines, '</threads>\n'].join('\n');
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}
