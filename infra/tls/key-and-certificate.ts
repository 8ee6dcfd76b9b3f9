import { z } from 'zod';

/** PEM texts that belong together. */
const keyAndCertificateSchema = z.object({ certificate: z.string(), key: z.string() });

export type KeyAndCertificate = Readonly<z.infer<typeof keyAndCertificateSchema>>;

/** What `main.ts` prints. Its errors quote none of it: it is a secret. */
export function parseKeyAndCertificate(report: string): KeyAndCertificate {
  const parsed = jsonSchema.safeParse(report);
  if (parsed.success) return parsed.data;
  throw new Error('a key and its certificate are expected here, as JSON; there is something else');
}

const jsonSchema = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'is no JSON' });
      return z.NEVER;
    }
  })
  .pipe(keyAndCertificateSchema);
