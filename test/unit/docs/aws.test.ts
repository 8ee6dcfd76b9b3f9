import { readFileSync } from 'node:fs';
import { Config, runtime } from '@pulumi/pulumi';
import { expect } from 'chai';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseConfig } from '../../../agent/config/parse.ts';
import { readSettings } from '../../../infra/targets/aws/settings.ts';
import { settingsSchema } from '../../../infra/targets/aws/settings-schema.ts';
import {
  deadAnchors,
  filesNamedIn,
  missingFiles,
  optionsOf,
  readPage,
  unmentioned,
} from '../../support/documentation.ts';
import { tutorialCatalog } from '../../support/tutorial.ts';

const stackSchema = z.object({ config: z.record(z.string(), z.unknown()) });

describe('docs/aws.md', () => {
  let text: string;

  before(async () => {
    text = await readPage('aws.md');
  });
  afterEach(() => {
    runtime.setAllConfig({});
  });

  it('knows every setting', () => {
    const options = optionsOf(settingsSchema);
    expect(options).to.include.members(['zones', 'whenDown', 'routeTableId', 'rootGb', 'why']);
    expect(unmentioned(text, options)).to.deep.equal([]);
  });

  it('shows settings that are right', () => {
    const [, yaml = ''] = /```yaml\n(config:[\s\S]*?)```/.exec(text) ?? [];
    const { config } = stackSchema.parse(parse(yaml));
    for (const [name, value] of Object.entries(config)) runtime.setConfig(name, textOf(value));
    const hosts = ['zookeeper1', 'big_one'];
    const read = readSettings(new Config('smartstack'), new Config('aws'), hosts);
    expect(read.ok || read.problems).to.equal(true);
  });

  it('has prices for what is made by default, and adds them up', () => {
    const rows = [
      ...text.matchAll(/^\| (.*) \| (\d+)(?: GB)? \| \$([\d.]+) (.*) \| \$([\d.]+) \|$/gm),
    ];
    expect(rows).to.have.length(7);
    let sum = 0;
    for (const [, what, count, price, per, month] of rows) {
      const hours = per === 'an hour' ? 730 : 1;
      expect(Number(count) * Number(price) * hours, what).to.be.closeTo(Number(month), 0.006);
      sum += Number(month);
    }
    expect(text).to.include(`| all of it | | | $${sum.toFixed(2)} |`);
    const { machines, data } = settingsSchema.parse({
      zones: ['a-a-1a'],
      ssh: { from: ['10.0.0.0/8'] },
    });
    const hosts = Object.values(tutorialCatalog().hosts);
    const members = hosts.filter(({ roles }) => roles.includes('zookeeper')).length;
    const others = hosts.length - members;
    const { zookeeper, service, bastion } = machines;
    const rootGb = members * zookeeper.rootGb + others * service.rootGb + bastion.rootGb;
    expect(text).to.include(`| members, \`${zookeeper.type}\` | ${members} |`);
    expect(text).to.include(`| hosts of services, \`${service.type}\` | ${others} |`);
    expect(text).to.include(`| bastion, \`${bastion.type}\` | 1 |`);
    expect(text).to.include(`| root volumes, gp3 | ${rootGb} GB |`);
    expect(text).to.include(`| data volumes, gp3 | ${members * data.sizeGb} GB |`);
  });

  it('names files that are there', () => {
    expect(missingFiles(filesNamedIn(text))).to.deep.equal([]);
    expect(deadAnchors(text)).to.deep.equal([]);
  });
});

describe('infra/stacks/Pulumi.aws.yaml', () => {
  it('lacks nothing but who may log in', () => {
    const stack = readFileSync('infra/stacks/Pulumi.aws.yaml', 'utf8');
    const { config } = stackSchema.parse(parse(stack));
    expect(config).to.include({ 'smartstack:target': 'aws', 'aws:region': 'eu-central-1' });
    const parsed = parseConfig(settingsSchema, config['smartstack:aws']);
    expect(parsed.ok ? [] : parsed.problems).to.deep.equal([
      { path: 'ssh.from', message: 'needs at least one range' },
    ]);
  });
});

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
