import { ModifyReplicationGroupCommand, type ModifyReplicationGroupCommandInput } from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import {
  addSecondary,
  createDatastore,
  createReplicationGroup,
  describeGroup,
  type RunningEmulator,
  rejection,
  startEmulator,
} from './harness.ts';

type Input = Partial<ModifyReplicationGroupCommandInput>;

const token = (name: string) => `token-of-${name}-with-16-characters`;
const rotate = (name: string): Input => ({ AuthToken: token(name), AuthTokenUpdateStrategy: 'ROTATE' });
const set = (name: string): Input => ({ AuthToken: token(name), AuthTokenUpdateStrategy: 'SET' });
const toUserGroup: Input = { AuthTokenUpdateStrategy: 'DELETE', UserGroupIdsToAdd: ['team'] };
const toToken: Input = { ...rotate('a'), RemoveUserGroups: true };

const onlyAfterRotate = 'AuthTokenUpdateStrategy SET is allowed only after ROTATE.';
const invalid = 'Invalid AuthToken provided.';
const notSupported = 'Auth token update strategy delete is not supported currently';
const notBoth = "User group can't be associated with auth token enabled. Pass AuthStrategy delete to proceed";

const options = { existing: { userGroups: { team: 'active' } } };

/** Sends modifications in order. Returns the status of AUTH or the refusal of each, then whether AUTH is enabled. */
async function runSteps(
  { elasticache, settle, ...rest }: RunningEmulator,
  steps: Input[],
  id = 'first',
  region?: string,
) {
  const outcomes = [];
  for (const input of steps) {
    outcomes.push(
      await elasticache(region)
        .send(new ModifyReplicationGroupCommand({ ReplicationGroupId: id, ApplyImmediately: true, ...input }))
        .then(
          ({ ReplicationGroup }) => ReplicationGroup?.PendingModifiedValues?.AuthTokenStatus ?? 'accepted',
          ({ message }: Error) => message,
        ),
    );
    settle();
  }
  return [...outcomes, (await describeGroup({ elasticache, settle, ...rest }, id, region)).AuthTokenEnabled];
}

describe('the AUTH token of a replication group', () => {
  it.each<[string, Input[], (string | boolean)[]]>([
    ['is rotated, then set', [rotate('b'), set('b')], ['ROTATING', 'SETTING', true]],
    ['is rotated without a strategy', [{ AuthToken: token('b') }, set('b')], ['ROTATING', 'SETTING', true]],
    ['is not set without a rotation', [set('a'), set('b')], [onlyAfterRotate, onlyAfterRotate, true]],
    ['is not set twice', [rotate('b'), set('b'), set('b')], ['ROTATING', 'SETTING', onlyAfterRotate, true]],
    ['is set to the last token only', [rotate('b'), set('a'), set('c')], ['ROTATING', invalid, invalid, true]],
    ['is rotated twice', [rotate('b'), rotate('c'), set('c')], ['ROTATING', 'ROTATING', 'SETTING', true]],
    ['gives way to a user group', [toUserGroup], ['accepted', false]],
    ['returns after a user group', [toUserGroup, toToken, set('a')], ['accepted', 'ROTATING', 'SETTING', true]],
    ['is not deleted without a user group', [{ AuthTokenUpdateStrategy: 'DELETE' }], [notSupported, true]],
    ['is not beside a user group', [{ UserGroupIdsToAdd: ['team'] }], [notBoth, true]],
    ['is rotated with a token only', [{ AuthTokenUpdateStrategy: 'ROTATE' }], [expect.any(String), true]],
  ])('%s', async (_name, steps, outcomes) => {
    const emulator = await startEmulator(options);
    await createReplicationGroup(emulator, { TransitEncryptionEnabled: true, AuthToken: token('a') });

    expect(await runSteps(emulator, steps)).toEqual(outcomes);
  });

  it.each<[string, Input[], (string | boolean)[]]>([
    ['is enabled by a rotation, and required by SET', [rotate('a'), set('a')], ['ROTATING', 'SETTING', true]],
    ['is not enabled by SET', [set('a')], [onlyAfterRotate, false]],
    ['is not deleted', [toUserGroup], [notSupported, false]],
    [
      'needs the removal of a user group',
      [{ UserGroupIdsToAdd: ['team'] }, rotate('a')],
      ['accepted', expect.any(String), false],
    ],
  ])('that had none %s', async (_name, steps, outcomes) => {
    const emulator = await startEmulator(options);
    await createReplicationGroup(emulator, { TransitEncryptionEnabled: true });

    expect(await runSteps(emulator, steps)).toEqual(outcomes);
  });

  it('changes the date of the last modification each time, while the group is modifying', async () => {
    const emulator = await startEmulator(options);
    await createReplicationGroup(emulator, { TransitEncryptionEnabled: true, AuthToken: token('a') });
    const dates = [];
    const statuses = [];

    for (const input of [rotate('b'), set('b'), rotate('c'), set('c'), toUserGroup]) {
      dates.push((await describeGroup(emulator, 'first')).AuthTokenLastModifiedDate?.getTime());
      await emulator.elasticache().send(new ModifyReplicationGroupCommand({ ReplicationGroupId: 'first', ...input }));
      statuses.push((await describeGroup(emulator, 'first')).Status);
      emulator.settle();
    }

    expect(new Set(dates).size).toBe(dates.length);
    expect(new Set(statuses)).toEqual(new Set(['modifying']));
    expect((await describeGroup(emulator, 'first')).PendingModifiedValues).toEqual({});
    expect(JSON.stringify(emulator.store.save())).not.toContain('with-16-characters');
  });

  it.each<[string, boolean]>([
    ['x'.repeat(15), false],
    ['x'.repeat(16), true],
    ['x'.repeat(128), true],
    ['x'.repeat(129), false],
    ['Aa0!&#$^<>-Aa0!&#$^<>-', true],
    ...[...'@/"% \'()*+,.:;=?[\\]_`{|}~é\n'].map(
      (character) => [`a-token-of-16-or-more${character}`, false] as [string, boolean],
    ),
  ])('%j is accepted: %s', async (AuthToken, isAccepted) => {
    const emulator = await startEmulator();

    const created = createReplicationGroup(emulator, { TransitEncryptionEnabled: true, AuthToken });

    if (isAccepted) await created;
    else expect(await rejection(created)).toMatchObject({ code: 'InvalidParameterValue', message: invalid });
  });

  it('needs encryption in transit', async () => {
    const emulator = await startEmulator();
    const refusal = {
      code: 'InvalidParameterCombination',
      message: 'The AUTH token is only supported when encryption-in-transit is enabled',
    };

    expect(await rejection(createReplicationGroup(emulator, { AuthToken: token('a') }))).toMatchObject(refusal);
    await createReplicationGroup(emulator);
    expect(await runSteps(emulator, [rotate('a')])).toEqual([refusal.message, false]);
  });
});

describe('the AUTH token of a member', () => {
  it.each([{ AuthToken: token('a') }, {}])('is rotated and set in each member, created with %j', async (own) => {
    const emulator = await startEmulator(options);
    const id = await createDatastore(emulator, { TransitEncryptionEnabled: true, AuthToken: token('a') });
    await addSecondary(emulator, id, 'second', 'eu-west-1', own);
    emulator.settle();

    for (const [name, region] of [['first', 'us-east-1'] as const, ['second', 'eu-west-1'] as const])
      expect(await runSteps(emulator, [set('a'), rotate('b'), set('b')], name, region)).toEqual([
        ...[onlyAfterRotate, 'ROTATING', 'SETTING'],
        true,
      ]);
  });

  it('is replaced by a user group of its region', async () => {
    const emulator = await startEmulator(options);
    await createDatastore(emulator, { TransitEncryptionEnabled: true, AuthToken: token('a') });

    expect(await runSteps(emulator, [toUserGroup])).toEqual(['accepted', false]);
  });
});
