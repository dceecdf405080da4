// Staff get and lose roles at nodes. A grantor acts at or below her own nodes, never above her own role, never on herself.
import { err, isUuid, naturalId, ok, type Result, uuidv7 } from '@atrium/kernel';
import {
  type Caller,
  findOrgNode,
  idempotent,
  type IdempotencyRefusal,
  isRole,
  requirePermission,
  type Role,
  type Tx,
} from '@atrium/platform';
import { type InvalidInput, invalid } from '../domain/registration';
import { maySet, standsAt } from '../domain/role-grant';
import { publishRoleGranted, publishRoleRevoked } from '../events/member-events';
import { endGrant, findStaffRows, insertGrant, insertStaff } from '../storage/staff.repository';
import type { MemberKeys } from './keys';

export type StaffRefusal =
  | InvalidInput
  | { code: 'NOT_FOUND' }
  | { code: 'OWN_ROLE' | 'ROLE_NOT_YOURS_TO_GIVE' | 'ROLE_NOT_AT_THIS_NODE' }
  | IdempotencyRefusal;
export type StaffResult = Result<{ staffId: string }, StaffRefusal>;

export interface SetRole {
  idempotencyKey: string;
  staffId: string;
  role: string;
  nodeId: string;
}

export interface InviteStaff {
  idempotencyKey: string;
  /** The name by which the identity provider knows the person: the subject of her tokens. */
  subject: string;
  displayName: string;
  role: string;
  nodeId: string;
}

const TEXT_MAX = 120;
export const staffIdOf = (groupId: string, subject: string): string => naturalId('staff', groupId, subject);

/** Invites a person with her first role. Who was invited before gets the role beside those she has. */
export function inviteStaff(tx: Tx, keys: MemberKeys, caller: Caller, command: InviteStaff): Promise<StaffResult> {
  const { idempotencyKey, ...input } = command;
  return once(tx, caller, 'inviteStaff', idempotencyKey, keys.fingerprint(input), async () => {
    const groupId = tx.groupId ?? '';
    for (const field of ['subject', 'displayName'] as const) {
      const text = command[field].trim();
      if (text === '' || text.length > TEXT_MAX || /\p{Cc}/u.test(text)) {
        return err(invalid([field], `1 to ${TEXT_MAX} characters`));
      }
    }
    const subject = command.subject.trim();
    const staffId = staffIdOf(groupId, subject);
    const allowed = await checkRole(tx, caller, { ...command, staffId });
    if (!allowed.ok) return allowed;
    const key = keys.vault.newKey(groupId, staffId);
    const staff = {
      id: staffId,
      subjectSealed: key.seal('subject', subject),
      nameSealed: key.seal('name', command.displayName.trim()),
      dataKey: key.stored.wrapped,
      keyVersion: key.stored.version,
      invitedAt: tx.now,
    };
    await insertStaff(tx, staff, caller.id);
    return give(tx, caller, { ...command, staffId });
  });
}

export function grantRole(tx: Tx, caller: Caller, command: SetRole): Promise<StaffResult> {
  const { idempotencyKey, ...input } = command;
  return once(tx, caller, 'grantRole', idempotencyKey, input, async () => {
    const allowed = await checkRole(tx, caller, command);
    if (!allowed.ok) return allowed;
    if (!(await isStaff(tx, command.staffId))) return err({ code: 'NOT_FOUND' });
    return give(tx, caller, command);
  });
}

export function revokeRole(tx: Tx, caller: Caller, command: SetRole): Promise<StaffResult> {
  const { idempotencyKey, ...input } = command;
  return once(tx, caller, 'revokeRole', idempotencyKey, input, async () => {
    const allowed = await checkRole(tx, caller, command);
    if (!allowed.ok) return allowed;
    if (!(await isStaff(tx, command.staffId))) return err({ code: 'NOT_FOUND' });
    if (await endGrant(tx, command, caller.id)) await publishRoleRevoked(tx, fact(command));
    return ok({ staffId: command.staffId });
  });
}

async function checkRole(
  tx: Tx,
  caller: Caller,
  command: { staffId: string; role: string; nodeId: string },
): Promise<Result<Role, StaffRefusal>> {
  const node = isUuid(command.nodeId) ? await findOrgNode(tx, command.nodeId) : null;
  if (!node) return err({ code: 'NOT_FOUND' });
  requirePermission(caller, 'staff:manage', node.path);
  const { role } = command;
  if (!isRole(role)) return err(invalid(['role'], 'there is no such role'));
  if (command.staffId === caller.id || command.staffId === staffIdOf(tx.groupId ?? '', caller.id)) {
    return err({ code: 'OWN_ROLE' });
  }
  const held = caller.grants.filter(({ nodeId }) => node.path.includes(nodeId)).map((grant) => grant.role);
  // A service of the group sets up roles for it, the first administrator before all.
  if (caller.kind !== 'SERVICE' && !maySet(role, held)) return err({ code: 'ROLE_NOT_YOURS_TO_GIVE' });
  return standsAt(role, node.kind) ? ok(role) : err({ code: 'ROLE_NOT_AT_THIS_NODE' });
}

async function give(
  tx: Tx,
  caller: Caller,
  command: { staffId: string; role: string; nodeId: string },
): Promise<StaffResult> {
  const given = await insertGrant(tx, { ...fact(command), id: uuidv7(tx.now) }, caller.id);
  if (given) await publishRoleGranted(tx, fact(command));
  return ok({ staffId: command.staffId });
}

const fact = ({ staffId, role, nodeId }: { staffId: string; role: string; nodeId: string }) => ({
  staffId,
  role,
  nodeId,
});

const isStaff = async (tx: Tx, id: string): Promise<boolean> =>
  isUuid(id) && (await findStaffRows(tx, [id])).length > 0;

const once = (
  tx: Tx,
  caller: Caller,
  operation: string,
  key: string,
  input: unknown,
  run: () => Promise<StaffResult>,
): Promise<StaffResult> =>
  idempotent<{ staffId: string }, StaffRefusal>(tx, { key, operation, actor: caller.id, input }, run);
