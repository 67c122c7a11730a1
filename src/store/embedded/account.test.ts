import assert from 'node:assert/strict';
import { test } from 'node:test';
import { preferredAccount } from './account.ts';

const ROOT = 'root:x:0:0:root:/root:/bin/bash';
const NOBODY = 'nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin';
const POSTGRES = 'postgres:x:101:104::/var/lib/postgresql:/bin/bash';
const OURS = 'bailiwick:x:990:991::/:/usr/sbin/nologin';

test('an account made for us is preferred, then nobody, then that of another PostgreSQL', () => {
  const all = [ROOT, POSTGRES, NOBODY, OURS];
  assert.deepEqual(preferredAccount(all.join('\n')), { uid: 990, gid: 991 });
  assert.deepEqual(preferredAccount(all.slice(0, 3).join('\n')), { uid: 65534, gid: 65533 });
  assert.deepEqual(preferredAccount(all.slice(0, 2).join('\n')), { uid: 101, gid: 104 });
});

test('root is never taken, under whatever name, and nonsense is passed over', () => {
  assert.equal(
    preferredAccount(`${ROOT}\nbailiwick:x:0:0::/:/bin/sh\nnobody:x:many:1::/:`),
    undefined,
  );
  assert.equal(preferredAccount(''), undefined);
});
