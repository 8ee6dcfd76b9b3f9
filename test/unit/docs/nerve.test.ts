import { nerveConfigSchema } from '../../../agent/config/nerve.ts';
import { reporterSchema } from '../../../agent/config/nerve-reporters.ts';
import { families } from '../../../agent/nerve/metrics/families.ts';
import { holdPage } from '../../support/documentation.ts';

describe('docs/nerve.md', () => {
  holdPage('nerve.md', {
    schemas: [nerveConfigSchema, reporterSchema],
    among: ['api_socket', 'expect_status', 'etcd_port', 'rise'],
    families,
  });
});
