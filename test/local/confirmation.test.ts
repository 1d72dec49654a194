import { PassThrough } from 'node:stream';
import { beforeEach, describe, expect, it } from 'vitest';
import { createConfirmation } from '../../local/confirmation.ts';
import { createLocalGateway } from '../../local/localGateway.ts';
import { routes } from '../../src/schemas/routes.ts';

const calls: string[] = [];
beforeEach(() => void calls.splice(0));

/** Creates a gateway whose changes need a confirmation, and the streams of its terminal. */
function createTerminal() {
  const input = new PassThrough();
  const output = new PassThrough({ encoding: 'utf8' });
  let printed = '';
  output.on('data', (text) => (printed += text));
  const confirmation = createConfirmation('AWS account 111122223333 in us-east-1', { input, output });
  const gateway = createLocalGateway({
    routes,
    beforeChange: confirmation.require,
    invoke: async (name) => {
      calls.push(name);
      return { statusCode: 200, body: '{}' };
    },
  });
  const send = async (request: string) => {
    const [method = '', target = ''] = request.split(' ');
    return (await gateway({ method, target, headers: [['host', 'localhost']] })).status;
  };
  return { input, send, printed: () => printed, given: confirmation.given };
}

describe('the confirmation of changes of an AWS account', () => {
  it('is required once, before the first change', async () => {
    const { input, send, printed, given } = createTerminal();

    expect(await send('GET /global-datastores')).toBe(200);
    expect(printed()).toBe('');
    const first = send('DELETE /global-datastores/ldgnf-a');
    const second = send('POST /global-datastores/ldgnf-b/failover');
    await expect.poll(printed).toContain('[y/N]');
    expect(calls).toEqual(['listGlobalDatastores']);
    input.write('y\n');

    expect(await Promise.all([first, second])).toEqual([200, 200]);
    expect(await send('DELETE /global-datastores/ldgnf-c')).toBe(200);
    await given;
    expect(printed()).toBe(
      'DELETE /global-datastores/ldgnf-a would change AWS account 111122223333 in us-east-1. Allow this and all later changes? [y/N] ',
    );
    expect(calls).toHaveLength(4);
  });

  it.each(['n\n', '\n', 'yesterday\n'])('is not given by the input %j, and required again', async (line) => {
    const { input, send, printed } = createTerminal();

    const refused = send('DELETE /global-datastores/ldgnf-a');
    await expect.poll(printed).toContain('[y/N]');
    input.write(line);
    expect(await refused).toBe(403);
    expect(calls).toEqual([]);

    const allowed = send('DELETE /global-datastores/ldgnf-a');
    await expect.poll(() => printed().split('[y/N]').length).toBe(3);
    input.write('yes\n');
    expect(await allowed).toBe(200);
  });

  it('is not given by the end of the input', async () => {
    const { input, send, printed } = createTerminal();

    const refused = send('DELETE /global-datastores/ldgnf-a');
    await expect.poll(printed).toContain('[y/N]');
    input.end();

    expect(await refused).toBe(403);
  });

  it.each(['?DryRun=true', '?dryRun=true', '?DryRun=false', '?DryRun=true&DryRun=false'])(
    'is needed unless the query declares a dry run: %s',
    async (query) => {
      const { input, send, printed } = createTerminal();
      input.end('n\n');

      const status = await send(`DELETE /global-datastores/ldgnf-a${query}`);

      expect([status, printed() !== '']).toEqual(query === '?DryRun=true' ? [200, false] : [403, true]);
    },
  );
});
