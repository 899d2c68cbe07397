import { styleText } from 'node:util';

export function dim(text: string): string {
  return styleText('dim', text);
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
