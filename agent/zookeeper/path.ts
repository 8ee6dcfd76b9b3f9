import { hasControlCharacters } from '../registration.ts';

/** By ZooKeeper's own rules (`PathUtils`), control characters left out. */
export function isPath(text: string): boolean {
  const parts = text.slice(1).split('/');
  const plain = parts.every((part) => part !== '' && part !== '.' && part !== '..');
  return text.startsWith('/') && plain && !hasControlCharacters(text);
}
