import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { uploadPath, uploadText } from '../../ssh/sftp.ts';
import {
  archiveSignature,
  assetSignature,
  isSecret,
  reveal,
  secret,
  signatureKey,
  type ValueMap,
} from '../values.ts';
import { connectionSchema, sshTarget } from './connection.ts';
import type { Executor, StepContext } from './executor.ts';

const sourceSchema = z.union(
  [
    z.object({ [signatureKey]: z.literal(assetSignature), text: z.string() }),
    z.object({ [signatureKey]: z.enum([assetSignature, archiveSignature]), path: z.string() }),
  ],
  { error: 'source must be a FileAsset, a StringAsset or a FileArchive' },
);

const schema = z.object({
  connection: connectionSchema,
  source: sourceSchema,
  remotePath: z.string(),
});

/** What decides whether to copy again: the source's content hash and the destination. */
const copiedSchema = z.object({ source: z.object({ hash: z.string() }), remotePath: z.string() });

/**
 * `command:remote:CopyToRemote`. A change of the connection alone copies nothing, and nothing is
 * removed from the host on delete, as in the provider.
 */
export const copyToRemote: Executor = {
  computed: [],
  async prepare(inputs, directory) {
    const parsed = sourceSchema.parse(reveal(inputs.source ?? null));
    const source = { ...parsed, hash: await hashOf(parsed, directory) };
    return { ...inputs, source: isSecret(inputs.source) ? secret(source) : source };
  },
  async create(inputs, context) {
    await copy(inputs, context);
    return inputs;
  },
  async update(before, inputs, context) {
    const old = copiedSchema.parse(before.inputs);
    const wanted = copiedSchema.parse(inputs);
    const moved = old.remotePath !== wanted.remotePath;
    if (moved || old.source.hash !== wanted.source.hash) await copy(inputs, context);
    return inputs;
  },
  remove: async () => {},
};

function copy(rawInputs: ValueMap, context: StepContext): Promise<void> {
  const { connection, source, remotePath } = schema.parse(rawInputs);
  return context.ssh.run(sshTarget(connection), (client) =>
    client.withSftp((sftp) =>
      'text' in source
        ? uploadText(sftp, source.text, remotePath)
        : uploadPath(sftp, localPath(source.path, context.directory), remotePath),
    ),
  );
}

// `resolve` drops a trailing slash, which means "what is inside".
function localPath(path: string, directory: string): string {
  return resolve(directory, path) + (path.endsWith('/') ? '/' : '');
}

async function hashOf(source: z.infer<typeof sourceSchema>, directory: string): Promise<string> {
  const hash = createHash('sha256');
  if ('text' in source) return hash.update(source.text).digest('hex');
  for (const [name, path] of await filesOf(resolve(directory, source.path))) {
    const content = await readFile(path);
    hash.update(`${name}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/** Name (relative, empty for a single file) and path of each file, in a fixed order. */
async function filesOf(path: string): Promise<readonly (readonly [string, string])[]> {
  if (!(await stat(path)).isDirectory()) return [['', path]];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => [file.slice(path.length + 1), file] as const);
}
