import { expect } from 'chai';
import { z } from 'zod';
import { endpoint } from '../../../../../agent/lib/http-api/endpoint.ts';
import { openApiOf } from '../../../../../agent/lib/http-api/openapi.ts';
import { withDescription } from '../../../../../agent/lib/http-api/self-description.ts';
import { faultsOfOpenApi } from '../../../../support/openapi-faults.ts';

const info = { title: 'test', version: '1.2.3' };

const weight = z.strictObject({
  weight: z.int().min(0).max(256),
  for_seconds: z
    .number()
    .positive()
    .transform((seconds) => seconds * 1_000)
    .optional(),
});

const endpoints = withDescription(info, [
  endpoint({
    method: 'PUT',
    path: '/services/{name}/weight',
    summary: 'Sets a weight',
    body: weight,
    response: z.object({ applied: z.boolean() }).describe('What became of it'),
    handle: () => ({ applied: true }),
  }),
  endpoint({
    method: 'POST',
    path: '/services/{name}/drain',
    summary: 'Drains',
    body: z.strictObject({ reason: z.string() }).optional(),
    response: 'Nothing',
    handle: () => undefined,
  }),
  endpoint({
    method: 'GET',
    path: '/services-name/drain',
    summary: 'Would have the same operationId but for its method',
    query: { limit: 'How many' },
    response: 'Text',
    contentType: 'text/plain',
    handle: () => '',
  }),
  endpoint({
    method: 'POST',
    path: '/services-name-drain',
    summary: 'Has the same words as another one',
    response: 'Nothing',
    handle: () => undefined,
  }),
]);

describe('openApiOf', () => {
  const document: unknown = JSON.parse(JSON.stringify(openApiOf(info, endpoints)));
  const at = (...path: readonly string[]): unknown =>
    path.reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined,
      document,
    );

  it('is an OpenAPI document', () => {
    expect(faultsOfOpenApi(document)).to.deep.equal([]);
    expect(at('info')).to.deep.equal(info);
  });

  it('gives the schema of what is to be sent, not of what becomes of it', () => {
    const operation = ['paths', '/services/{name}/weight', 'put'];
    expect(at(...operation, 'requestBody')).to.deep.equal({
      required: true,
      content: {
        'application/json': {
          schema: {
            type: 'object',
            properties: {
              weight: { type: 'integer', minimum: 0, maximum: 256 },
              for_seconds: { type: 'number', exclusiveMinimum: 0 },
            },
            required: ['weight'],
            additionalProperties: false,
          },
        },
      },
    });
    expect(at(...operation, 'responses', '200', 'description')).to.equal('What became of it');
    expect(at('paths', '/services/{name}/drain', 'post', 'requestBody', 'required')).to.equal(
      false,
    );
  });

  it('declares parameters of the path and of the query', () => {
    expect(at('paths', '/services/{name}/weight', 'put', 'parameters')).to.deep.equal([
      { name: 'name', in: 'path', required: true, schema: { type: 'string' } },
    ]);
    expect(at('paths', '/services-name/drain', 'get', 'parameters')).to.deep.equal([
      { name: 'limit', in: 'query', description: 'How many', schema: { type: 'string' } },
    ]);
  });

  it('has operations of one name only once', () => {
    const ids = ['/services-name-drain', '/services/{name}/drain'].map((path) =>
      at('paths', path, 'post', 'operationId'),
    );
    expect(ids).to.deep.equal(['postServicesNameDrain', 'postServicesNameDrain2']);
  });
});

describe('faultsOfOpenApi', () => {
  it('finds what is wrong with a document', () => {
    const operation = {
      operationId: 'a',
      parameters: [],
      responses: { default: { $ref: '#/components/responses/Nope' } },
    };
    const paths = { '/a/{b}': { get: operation, poke: operation }, c: { get: operation } };
    expect(faultsOfOpenApi({ openapi: '3.0.0', info: { title: 'a' }, paths })).to.deep.equal([
      'openapi is no 3.1 version',
      'info has no version',
      'get /a/{b}: {b} is not declared',
      'get /a/{b}: no response of success',
      'poke /a/{b}: is no method',
      'c: does not start with a slash',
      'get c: no response of success',
      'get c: the operationId a is taken',
      'nothing at #/components/responses/Nope',
    ]);
  });
});
