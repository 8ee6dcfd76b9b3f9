/** Runs scripts for hosts as they are, in a folder that stands for `/`, among made-up programs. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';

export interface ScriptEnd {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class ScriptBed {
  readonly root = mkdtempSync(join(tmpdir(), 'smartstack-script-'));

  /** Where a path of the host is. */
  at(path: string): string {
    return join(this.root, path);
  }

  write(path: string, content: string): void {
    mkdirSync(dirname(this.at(path)), { recursive: true });
    writeFileSync(this.at(path), content);
  }

  /** A file's text; nothing where there is none. */
  read(path: string): string {
    return existsSync(this.at(path)) ? readFileSync(this.at(path), 'utf8') : '';
  }

  /** A program that leaves a line of how it was called, and then does what `text`, for sh, says. */
  program(name: string, text = ''): void {
    const path = `/bin/${name}`;
    this.write(path, `#!/bin/sh\necho ${name} "$@" >> "$ROOT/calls"\n${text}\n`);
    chmodSync(this.at(path), 0o755);
  }

  /** How programs were called since this was last asked, one a line. */
  calls(): readonly string[] {
    const lines = this.read('/calls').split('\n').slice(0, -1);
    this.write('/calls', '');
    return lines;
  }

  /** As `asUser` runs it. Paths of the system's own programs stay what they are. */
  run(script: string, input = ''): ScriptEnd {
    const moved = script.replaceAll(/(?<=[\s"'=])(?=\/(etc|opt|run|srv|var)\/)/g, this.root);
    const { status, stdout, stderr } = spawnSync(
      'bash',
      ['--norc', '-euo', 'pipefail', '-c', moved],
      {
        input,
        encoding: 'utf8',
        env: {
          ...process.env,
          LC_ALL: '',
          PATH: `${this.root}/bin:${process.env.PATH}`,
          ROOT: this.root,
          SUDO_USER: userInfo().username,
        },
      },
    );
    return { status, stdout, stderr };
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
