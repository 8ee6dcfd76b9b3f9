import { expect } from 'chai';
import fc from 'fast-check';
import { renderTemplate } from '../../../../../../agent/synapse/generators/template/render-template.ts';
import { buildView } from '../../../../../../agent/synapse/generators/template/view.ts';
import type { Instance } from '../../../../../../agent/synapse/instance.ts';
import { generatedService, instance } from '../../../../../support/generated-service.ts';

type Escaping = Parameters<typeof renderTemplate>[2];

function render(
  template: string,
  instances: readonly Instance[] = [],
  escaping: Escaping = 'plain',
): string {
  const services = [
    generatedService(instances, { haproxy: { port: 3213 } }),
    generatedService([], { name: 'shop' }),
  ];
  const addressOf = (host: string): string | undefined =>
    ({ '10.0.0.1': '10.0.0.1', '::1': '::1', 'two.example': '10.0.0.2' })[host];
  return renderTemplate(template, buildView(services, addressOf), escaping);
}

function faultOf(template: string): string {
  try {
    return render(template, [instance('one', 80)]);
  } catch (error) {
    return String(error);
  }
}

describe('renderTemplate', () => {
  it('shows services and instances, all of them or one service', () => {
    const instances = [
      instance('one', 80, { weight: 3, labels: { zone: 'a' } }),
      instance('two', 81, { host: 'two.example', draining: true }),
      instance('six', 82, { host: '::1' }),
      instance('lost', 83, { host: 'lost.example' }),
    ];
    const template = `{{#services}}
[{{name}} {{local_port}} {{count}}]
{{#instances}}
{{index}} {{name}} {{host}} {{address}}|{{port}} {{endpoint}} w={{weight}} z={{labels.zone}}{{#draining}} drains{{/draining}}{{^last}},{{/last}}
{{/instances}}
{{/services}}
{{#service.web}}{{#instances}}{{#label_list}}{{key}}={{value}}{{/label_list}}{{/instances}}{{/service.web}}
`;
    expect(render(template, instances)).to.equal(`[web 3213 4]
0 one 10.0.0.1 10.0.0.1|80 10.0.0.1:80 w=3 z=a,
1 two two.example 10.0.0.2|81 10.0.0.2:81 w= z= drains,
2 six ::1 ::1|82 [::1]:82 w= z=,
3 lost lost.example |83 lost.example:83 w= z=
[shop  0]
zone=a
`);
  });

  it('lets no label mean anything in the file, unless the template asks for it raw', () => {
    const hostile = '"; } evil $(x) `y` <b> \\ é\'';
    const instances = [instance('one', 80, { labels: { zone: hostile } })];
    const one = (text: string, escaping?: Escaping): string =>
      render(`{{#service.web.instances}}${text}{{/service.web.instances}}`, instances, escaping);
    expect(one('{{labels.zone}}')).to.equal('_____evil___x___y___b______');
    expect(JSON.parse(one('"{{labels.zone}}"', 'json'))).to.equal(hostile);
    expect(one('{{labels.zone}}', 'html')).to.not.match(/[<>"'`]/);
    expect(one('{{{labels.zone}}}')).to.equal(hostile);
  });

  it('gives nothing but plain characters, or a whole JSON string, for any label', () => {
    const label = (zone: string, escaping: Escaping): string => {
      const template = '{{#service.web.instances}}{{labels.zone}}{{/service.web.instances}}';
      return render(template, [instance('one', 80, { labels: { zone } })], escaping);
    };
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (zone) => {
        expect(label(zone, 'plain')).to.match(/^[A-Za-z0-9_.:/@+-]*$/);
        expect(JSON.parse(`"${label(zone, 'json')}"`)).to.equal(zone);
      }),
    );
  });

  it('finds labels by names that objects inherit', () => {
    const instances = [instance('one', 80, { labels: { constructor: 'c', toString: 't' } })];
    const text =
      '{{#service.web.instances}}{{labels.constructor}}{{labels.valueOf}}{{/service.web.instances}}';
    expect(render(text, instances)).to.equal('c');
  });

  it('refuses names that it does not know, and says in which line', () => {
    expect(faultOf('\n{{#services}}\n{{adress}}{{/services}}')).to.equal(
      'GeneratorError: the template is wrong: line 3: unknown name "adress"; did you mean address?',
    );
    expect(faultOf('{{> header}}')).to.include('line 1: there are no partials');
    expect(faultOf('{{#services}}{{#.}}{{.}}{{/.}}{{/services}}')).to.not.include('wrong');
  });

  it('names the line of what is no Mustache', () => {
    expect(faultOf('ok\n{{#services}}\n')).to.match(/line [23]: Unclosed section "services"/);
    expect(faultOf('{{#services}}{{/service}}')).to.include('line 1: Unclosed section');
    expect(faultOf('a\nb {{name')).to.match(/line 2: Unclosed tag/);
  });
});
