import { expect } from 'chai';
import fc from 'fast-check';
import { escapeHtml, html } from '../../../integration/report/html.ts';

describe('html', () => {
  it('escapes what is put in, in texts and attributes', () => {
    const evil = `<a href="x">'&'</a>`;
    const escaped = '&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;';
    expect(html`<p title="${evil}">${evil}</p>`.text).to.equal(
      `<p title="${escaped}">${escaped}</p>`,
    );
  });

  it('takes markup and lists of it as they are', () => {
    const items = ['<1>', '2'].map((text) => html`<li>${text}</li>`);
    expect(html`<ul>${items}</ul>${7}`.text).to.equal('<ul><li>&lt;1&gt;</li><li>2</li></ul>7');
  });

  it('escapes texts in lists', () => {
    expect(html`${['<', '>']}`.text).to.equal('&lt;&gt;');
  });

  it('makes control characters visible, and keeps lines', () => {
    expect(escapeHtml('a\u0000b\u001b[2Jc\nd\te')).to.equal('a\ufffdb\ufffd[2Jc\nd\te');
  });

  it('lets nothing through that could end a text or an attribute', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(html`${text}`.text).to.not.match(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/);
      }),
    );
  });
});
