import { dynamicRequestSchema } from '../../config/nerve-dynamic.ts';
import { ApiError, type Endpoint, endpoint } from '../../lib/http-api/endpoint.ts';
import type { RegisterResult } from '../lifecycle/control.ts';
import type { DynamicRegistration } from '../lifecycle/dynamic.ts';
import type { EndpointSources } from './endpoint-sources.ts';

/** Processes that register themselves. */
export function registrationEndpoints({ control }: EndpointSources): readonly Endpoint[] {
  const describeOne = (name: string): object => {
    const registration = control.dynamic.get(name);
    if (registration === undefined) throw new ApiError(404, `there is no registration "${name}"`);
    return describe(registration);
  };
  return [
    endpoint({
      method: 'GET',
      path: '/registrations',
      summary: 'What processes registered themselves',
      response: 'An object by name',
      handle: () =>
        Object.fromEntries([...control.dynamic].map(([name, one]) => [name, describe(one)])),
    }),
    endpoint({
      method: 'PUT',
      path: '/registrations/{name}',
      summary: 'Registers an instance, or changes it; it is checked, or must be renewed in time',
      body: dynamicRequestSchema,
      response: 'The registration',
      handle: async ({ params: { name }, body }) => {
        answerFor(name, await control.register(name, body));
        return describeOne(name);
      },
    }),
    endpoint({
      method: 'POST',
      path: '/registrations/{name}/renew',
      summary: 'Puts off the end of a registration by its `expires_after_seconds`',
      response: 'The registration',
      handle: ({ params: { name } }) => {
        control.renew(name);
        return describeOne(name);
      },
    }),
    endpoint({
      method: 'DELETE',
      path: '/registrations/{name}',
      summary: 'Ends a registration',
      response: 'Nothing',
      handle: async ({ params: { name } }) => {
        if (await control.deregister(name)) return undefined;
        throw new ApiError(404, `there is no registration "${name}"`);
      },
    }),
  ];
}

function answerFor(name: string, result: RegisterResult): void {
  switch (result.kind) {
    case 'registered':
      return;
    case 'off':
      throw new ApiError(403, 'nobody may register: nerve.conf.json has no "dynamic_registration"');
    case 'taken':
      throw new ApiError(409, `"${name}" is a configured service; must be another name`);
    case 'refused':
      throw new ApiError(409, result.reason);
  }
}

function describe({ request, expiresAtMs }: DynamicRegistration): object {
  return {
    ...request,
    expires_at: expiresAtMs === undefined ? null : new Date(expiresAtMs).toISOString(),
  };
}
