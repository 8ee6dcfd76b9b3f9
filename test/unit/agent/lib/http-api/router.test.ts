import { expect } from 'chai';
import { ApiError, endpoint, type Method } from '../../../../../agent/lib/http-api/endpoint.ts';
import {
  createRouter,
  MethodError,
  NotFoundError,
} from '../../../../../agent/lib/http-api/router.ts';

const at = (method: Method, path: string) =>
  endpoint({ method, path, summary: path, response: 'nothing', handle: () => undefined });

const router = createRouter([
  at('GET', '/services/{name}'),
  at('DELETE', '/services/{name}'),
  at('GET', '/services/all'),
  at('POST', '/services/{name}/checks/{check}'),
]);

function refusalOf(method: string, path: string): ApiError {
  try {
    router(method, path);
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('matched');
}

describe('createRouter', () => {
  it('decodes each parameter by itself', () => {
    const { endpoint: found, params } = router('POST', '/services/a%2Fb%20c/checks/%C3%BC');
    expect(found.path).to.equal('/services/{name}/checks/{check}');
    expect(params).to.deep.equal({ name: 'a/b c', check: 'ü' });
  });

  it('takes a literal segment before a parameter, whatever the order of the list', () => {
    expect(router('GET', '/services/all').endpoint.path).to.equal('/services/all');
    expect(router('GET', '/services/web').endpoint.path).to.equal('/services/{name}');
    expect(router('DELETE', '/services/all').params).to.deep.equal({ name: 'all' });
  });

  it('takes HEAD for GET', () => {
    expect(router('HEAD', '/services/web').endpoint.method).to.equal('GET');
  });

  it('takes names that mean something to JavaScript or to file systems for what they are', () => {
    for (const name of ['__proto__', 'constructor', '..', '.', '%00', '%2e%2e']) {
      expect(router('GET', `/services/${name}`).params.name).to.equal(decodeURIComponent(name));
    }
  });

  it('refuses what is not percent-encoded UTF-8', () => {
    for (const name of ['%', '%g0', '%ff', '%C3']) {
      const error = refusalOf('GET', `/services/${name}`);
      expect(error.status).to.equal(400);
      expect(error.message).to.equal(`"${name}" is not percent-encoded UTF-8`);
    }
  });

  it('lists the paths when there is no such one, an empty parameter included', () => {
    for (const path of [
      '',
      '/',
      '/services',
      '/services/',
      '/services/a/',
      '//',
      '*',
      'services/a',
    ]) {
      const error = refusalOf('GET', path);
      expect(error).to.be.instanceOf(NotFoundError);
      expect(error).to.deep.include({
        status: 404,
        paths: ['/services/{name}', '/services/all', '/services/{name}/checks/{check}'],
      });
    }
  });

  it('names the methods that a path takes', () => {
    const error = refusalOf('PATCH', '/services/web');
    expect(error).to.be.instanceOf(MethodError);
    expect(error).to.deep.include({ status: 405, allow: 'GET, HEAD, DELETE' });
    expect(refusalOf('HEAD', '/services/a/checks/b')).to.deep.include({ allow: 'POST' });
  });

  it('refuses endpoints that no request could tell apart', () => {
    const twice = [at('GET', '/a/{b}'), at('PUT', '/a/{b}'), at('GET', '/a/{c}')];
    expect(() => createRouter(twice)).to.throw('two endpoints for GET /a/{}');
  });
});
