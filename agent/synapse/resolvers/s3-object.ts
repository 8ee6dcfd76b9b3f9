/** What synapse asks of S3. A module of its own: its client is large, and loaded when used. */
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { ToggleConfig } from '../../config/synapse-resolvers.ts';
import { textOf } from './text-of.ts';

export type ReadObject = (abortSignal: AbortSignal) => Promise<string>;

const defaultRegion = 'us-east-1';

export function createObjectReader(config: ToggleConfig): ReadObject {
  const { s3_url = '', s3_endpoint_url, s3_region } = config;
  const [, Bucket = '', Key = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(s3_url) ?? [];
  const endpoint = s3_endpoint_url ?? process.env.AWS_ENDPOINT_URL;
  const client = new S3Client({
    region: s3_region ?? process.env.AWS_REGION ?? defaultRegion,
    // Where the bucket is no part of the host's name, as in the original.
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
  });
  return async (abortSignal) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }), { abortSignal });
    if (Body === undefined) throw new Error('the object has no content');
    return await textOf(Body.transformToWebStream());
  };
}
