import { expect } from 'chai';
import { describeGraph } from '../../../infra/catalog/graph.ts';
import { tutorialCatalog } from '../../support/tutorial.ts';

describe('describeGraph', () => {
  it('draws each service, and each call with where the caller finds the other', () => {
    const lines = describeGraph(tutorialCatalog()).split('\n');
    expect(lines[0]).to.equal('digraph "tutorial" {');
    expect(lines.filter((line) => line.startsWith('"service_a" ['))).to.deep.equal([
      '"service_a" [label=<<B>service_a</B><BR/><FONT POINT-SIZE="11" COLOR="#44546a">' +
        'http :8001, 2 instances</FONT>>, tooltip="service_a: service_a_node_1, service_a_node_2"];',
    ]);
    expect(lines.filter((line) => line.includes('->'))).to.deep.equal([
      '"service_b" -> "service_a" [label="127.0.0.1:3333", tooltip="service_b calls service_a"];',
    ]);
  });
});
